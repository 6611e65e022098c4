"""What is said of a draft's field is what happens to it: the plan changes with a field that is sent, and with no other."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from integrations import draft as drafts
from integrations import platforms
from integrations.capabilities import Verdict
from integrations.contracts import Account, Order
from integrations.draft_fields import LABELS, filled, left_out
from tests.google import drafts as google
from tests.meta import drafts as meta
from tests.snapchat import drafts as snapchat
from tests.tiktok import drafts as tiktok

#: A platform's own drafts, the account they run on, and ad sets that between them can show each field's effect.
BASES: dict[str, tuple[types.ModuleType, Account, list[dict[str, Any]]]] = {
    "meta": (meta, meta.MAIN, [meta.ad_set(budget=None), meta.ad_set()]),
    "google": (google, google.MAIN, [google.ad_set(budget=None), google.search_ad_set(), google.ad_set(budget="500")]),
    "tiktok": (tiktok, tiktok.MAIN, [tiktok.ad_set(budget=None), tiktok.ad_set()]),
    "snapchat": (snapchat, snapchat.HOMES, [snapchat.ad_set(budget=None), snapchat.ad_set()]),
}
IDS: dict[str, dict[str, tuple[str, str]]] = {
    "meta": {"interests": ("6003456388203", "6003139266461"), "languages": ("6", "24")},
    "google": {"interests": ("92501", "92502"), "languages": ("1000", "1003")},
    "tiktok": {"interests": ("15", "16"), "languages": ("en", "fr"), "identity": (tiktok.IDENTITY, tiktok.SHARED)},
    "snapchat": {"interests": ("SLC_7", "SLC_8"), "languages": ("en", "fr")},
}
#: Two contents of a field; where it goes with another field, that one's too.
PAIRS: dict[str, tuple[Any, Any]] = {
    "campaign.objective": (
        {"campaign.objective": "traffic", "ad_sets.optimization": "link_clicks"},
        {"campaign.objective": "conversions", "ad_sets.optimization": "conversions"},
    ),
    "campaign.budget.amount": ("1000", "900"),
    "campaign.budget.type": ("daily", "lifetime"),
    "campaign.schedule.start": ("2027-06-01T00:00", "2027-06-02T00:00"),
    "campaign.schedule.end": ("2027-08-31T23:59", "2027-08-30T23:59"),
    "campaign.assets.conversion_event": ("purchase", "registration"),
    "campaign.url_tags": ("a=1", "a=2"),
    "campaign.declarations.special_ad_categories": ([], ["housing"]),
    "campaign.declarations.eu_political": (False, True),
    "ad_sets.targeting.locations": ([{"id": "US"}], [{"id": "CA"}]),
    "ad_sets.targeting.excluded_locations": ([], [{"id": "MX"}]),
    "ad_sets.targeting.age_min": (25, 35),
    "ad_sets.targeting.age_max": (54, 44),
    "ad_sets.targeting.genders": ([], ["female"]),
    "ad_sets.targeting.keywords": (["shoes"], ["boots"]),
    "ad_sets.budget": ("500", "400"),
    "ad_sets.optimization": (
        {"campaign.objective": "leads", "ad_sets.optimization": "leads"},
        {"campaign.objective": "leads", "ad_sets.optimization": "link_clicks"},
    ),
    "ad_sets.ads.creative.headlines": (["One"], ["Other"]),
    "ad_sets.ads.creative.descriptions": (["One."], ["Other."]),
    "ad_sets.ads.creative.call_to_action": ("shop_now", "sign_up"),
    "ad_sets.ads.creative.link_url": ("https://shop.example.com/1", "https://shop.example.com/2"),
}


def pair(platform: str, path: str) -> tuple[Any, Any]:
    """Return two contents of the field that the platform knows."""
    module, leaf = BASES[platform][0], path.rpartition(".")[2]
    pictures = [sha for sha, file in module.media().items() if file.kind == "image"][:2]
    if path == "ad_sets.ads.creative.type":
        media = "ad_sets.ads.creative.media"
        return {path: "image", media: pictures[:1]}, {path: "video", media: [module.FILM]}
    if path == "ad_sets.ads.creative.media":
        kind = "ad_sets.ads.creative.type"
        return {kind: "image", path: pictures[:1]}, {kind: "image", path: pictures[1:]}
    if leaf == "cover":
        film = {"ad_sets.ads.creative.type": "video", "ad_sets.ads.creative.media": [module.FILM]}
        return tuple({**film, path: sha} for sha in pictures)  # type: ignore[return-value]
    if leaf in ("interests", "languages"):
        one, other = IDS[platform][leaf]
        return [{"id": one}], [{"id": other}]
    return IDS[platform].get(leaf) or PAIRS.get(path) or ("1", "2")


def contents(platform: str, path: str, value: Any) -> Iterator[drafts.Draft]:
    """Yield the platform's drafts with a field that says so."""
    module, _, ad_sets = BASES[platform]
    for ad_set in ad_sets:
        raw = drafts.read(module.draft(ad_set).model_dump(mode="json")).json
        for where, what in (value if isinstance(value, dict) else {path: value}).items():
            put(raw, where, what)
        reading = drafts.read(raw)
        assert reading.unread == ()
        yield reading.draft


def put(raw: dict[str, Any], path: str, value: Any) -> None:
    node: Any = raw
    *steps, leaf = path.split(".")
    for step in steps:
        node = node[step][0] if isinstance(node[step], list) else node[step]
    node[leaf] = value


def planned(platform: str, content: drafts.Draft) -> Any:
    module, account, _ = BASES[platform]
    order: Order = module.order(content, account)
    return [(step.level, step.name, step.payload) for step in platforms.offline(platform).plan(order)]


def leaves(model: type[BaseModel], path: str = "") -> Iterator[str]:
    """Yield the fields of the draft's own models, except what identifies a node or the version."""
    for name, field in model.model_fields.items():
        inner: Any = field.annotation
        part = next((part for part in (inner, *getattr(inner, "__args__", ())) if is_node(part)), None)
        if part is not None:
            yield from leaves(part, f"{path}{name}.")
        elif name not in ("key", "version"):
            yield f"{path}{name}"


def is_node(part: Any) -> bool:
    named = (drafts.Interest, drafts.Language, drafts.Location)
    return isinstance(part, type) and issubclass(part, BaseModel) and part not in named


@pytest.mark.parametrize("platform", BASES)
def test_every_platform_speaks_of_every_field(platform: str) -> None:
    assert set(BASES) == set(platforms.available())
    assert set(LABELS) == set(leaves(drafts.Draft))
    assert set(platforms.platform_class(platform).capabilities.fields) == set(LABELS)


# Whether a campaign goes live decides the run, not what is made.
@pytest.mark.parametrize("path", [path for path in LABELS if path != "campaign.launch"])
@pytest.mark.parametrize("platform", BASES)
def test_what_is_said_of_a_field_is_what_happens(platform: str, path: str) -> None:
    one, other = (list(contents(platform, path, value)) for value in pair(platform, path))
    verdict = platforms.platform_class(platform).capabilities.fields[path].verdict
    module, account, _ = BASES[platform]

    if verdict in (Verdict.KEPT, Verdict.CHANGED):
        assert any(planned(platform, a) != planned(platform, b) for a, b in zip(one, other, strict=True))
        return
    for a, b in zip(one, other, strict=True):
        assert verdict is Verdict.REFUSED or planned(platform, a) == planned(platform, b)
        told = platforms.offline(platform).fit(b, account, module.media())
        assert [(line.path, line.verdict) for line in told if line.path in set(filled(b, path))] == [
            (where, verdict) for where in filled(b, path)
        ]


def test_what_is_empty_is_not_said_to_be_left_out() -> None:
    capabilities = platforms.platform_class("tiktok").capabilities
    content = drafts.read({"ad_sets": [{"ads": [{"creative": {"headlines": ["", " "]}}, {}]}]}).draft

    assert list(left_out(content, capabilities)) == []


def test_a_list_with_two_texts_that_are_too_long_is_kept_as_typed() -> None:
    texts = ["x" * 1_001, "y" * 1_001]

    reading = drafts.read({"ad_sets": [{"key": "s1", "ads": [{"key": "a1", "creative": {"headlines": texts}}]}]})

    assert [leaf.path for leaf in reading.unread] == ["ad_sets[s1].ads[a1].creative.headlines"]
    assert reading.json["ad_sets"][0]["ads"][0]["creative"]["headlines"] == texts
