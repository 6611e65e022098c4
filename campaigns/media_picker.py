"""The media library inside an ad: the files of the kinds it shows, each with what the draft's platform says to it."""

from __future__ import annotations

from dataclasses import dataclass

from campaigns import verdicts
from campaigns.forms.ad import AdForm
from campaigns.forms.leaves import as_list, as_text
from campaigns.forms.nodes import NodeForm
from campaigns.models import MediaAsset
from campaigns.verdicts import FileVerdict

PAGE = 12


@dataclass(frozen=True)
class Offer:
    asset: MediaAsset
    verdict: FileVerdict


@dataclass(frozen=True)
class Shelf:
    """A page of the library, the newest first; `older` is the id to ask the next page with, 0 at its end."""

    offers: list[Offer]
    older: int
    named: str


def covers(form: NodeForm) -> list[MediaAsset]:
    """Return the pictures an ad's video may begin with: its frames, and the cover it has from elsewhere."""
    film, chosen = (form.initial.get(name) for name in ("creative.media", "creative.cover"))
    found = frames_of(as_text(next(iter(as_list(film)), "")))
    if chosen and all(asset.sha256 != chosen for asset in found):
        found += MediaAsset.objects.filter(sha256=as_text(chosen))
    return found


def frames_of(sha256: str) -> list[MediaAsset]:
    """Return the frames that were taken out of a video, in its order."""
    return list(MediaAsset.objects.filter(films__sha256=sha256).order_by("pk"))


def shelf(form: NodeForm, before: str = "", named: str = "") -> Shelf | None:
    """Return the files that are older than an id and have the words in their name; None for a node without files."""
    if not isinstance(form, AdForm):
        return None
    rules = form.media_rules
    rows = MediaAsset.objects.filter(kind__in=rules, is_frame=False)
    if named := named.strip()[:100]:
        rows = rows.filter(filename__icontains=named)
    if before.isascii() and before.isdigit() and len(before) < 15:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: PAGE + 1])
    slug = form.frame.account.platform
    offers = [Offer(asset, verdicts.for_rules(slug, [rules[asset.kind]], asset.contract)) for asset in found[:PAGE]]
    return Shelf(offers, found[PAGE - 1].pk if len(found) > PAGE else 0, named)
