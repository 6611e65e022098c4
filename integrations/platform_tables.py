"""Writes docs/platforms.md from the capabilities: what each platform takes, and what each of a draft's fields becomes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from integrations import platforms
from integrations.capabilities import AssetRule, Capabilities, Goal, MediaRule, Verdict
from integrations.draft import CallToAction, CreativeType, Objective
from integrations.draft_fields import AD, AD_SET, LABELS

NONE = "–"
CURRENCIES = ("USD", "EUR", "GBP", "JPY")
TEXTS = {"primary_text": "Primary text", "headlines": "Headlines", "descriptions": "Descriptions"}
_MEDIA_KINDS = {"image": "Picture", "video": "Film"}
_FORMATS = {
    "image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF", "video/mp4": "MP4", "video/quicktime": "MOV",
    "video/mpeg": "MPEG", "video/x-msvideo": "AVI", "video/3gpp": "3GP",
}  # fmt: skip
_GIGABYTE = 1_024  # in megabytes
_VERDICTS = {Verdict.CHANGED: "*Changed.* ", Verdict.DROPPED: "**Dropped.** ", Verdict.REFUSED: "**Not allowed.** "}
_HEAD = """# What the platforms take

<!-- Made by `manage.py platform_table` from the platforms' capabilities. Do not edit: a test compares. -->

A draft is written once, in words that belong to no platform. This page tells what becomes of it on each. The *fit panel* of
the builder says the same for the draft before you, with its own amounts, dates and places, before anybody approves it.

How to register the app, and what to check on a live account: [Meta](platforms/meta.md), [Google Ads](platforms/google.md),
[TikTok](platforms/tiktok.md), [Snapchat](platforms/snapchat.md)."""
_FIELDS = """What has no word in front is kept as you wrote it. *Changed* means that the platform shows or counts something
else than what you wrote. **Dropped** means that the platform never sees it. **Not allowed** means that the campaign
cannot be submitted until it is taken out."""
_OBJECTIVES = """The platform's own word, where it has one; then what an ad set can be optimized for, the default
first. What is *measured* needs the pixel or the conversion action."""


def document() -> str:
    """Return the whole page as Markdown, ending in a line break."""
    parts = [
        _HEAD,
        "## What each field becomes",
        _FIELDS,
        *_fields("Campaign", [path for path in LABELS if not path.startswith(AD_SET)]),
        *_fields("Ad set", [path for path in LABELS if path.startswith(AD_SET) and not path.startswith(AD)]),
        *_fields("Ad", [path for path in LABELS if path.startswith(AD)]),
        "## Objectives and optimizations",
        _OBJECTIVES,
        _table("objective", [(_words(value), partial(_objective, value)) for value in Objective]),
        "## Calls to action",
        _table("button", [(_words(value), partial(_button, value)) for value in CallToAction]),
        "## Texts",
        _table("text", [*((label, partial(_text, name)) for name, label in TEXTS.items()), *_TEXT_ROWS]),
        "## Pictures and films",
        _table("kind of ad", list(_media_rows())),
        "## Money",
        _table("", list(_money_rows())),
        "## People, and what the account gives",
        _table("", _REST_ROWS),
    ]
    return "\n\n".join(parts) + "\n"


Cell = Callable[[Capabilities], str]


def _table(corner: str, rows: Sequence[tuple[str, Cell]]) -> str:
    """Return a table with a column for each platform; a row's function fills its cells."""
    taken = {platforms.label(slug): platforms.platform_class(slug).capabilities for slug in platforms.available()}
    lines = [[corner, *taken], ["---"] * (len(taken) + 1)]
    lines += [[label, *(cell(capabilities) or NONE for capabilities in taken.values())] for label, cell in rows]
    return "\n".join(f"| {' | '.join(_escaped(cell) for cell in line)} |" for line in lines)


def _escaped(cell: str) -> str:
    return cell.replace("|", r"\|")


def _words(value: str) -> str:
    return value.replace("_", " ").capitalize()


# Fields -------------------------------------------------------------------------------------------------------------


def _fields(title: str, paths: Iterable[str]) -> tuple[str, str]:
    return f"### {title}", _table("field", [(LABELS[path], partial(_use, path)) for path in paths])


def _use(path: str, taken: Capabilities) -> str:
    found = taken.fields[path]
    return f"{_VERDICTS.get(found.verdict, '')}{found.becomes}"


# Objectives and buttons ---------------------------------------------------------------------------------------------


def _objective(value: str, taken: Capabilities) -> str:
    objective = taken.objective(value)
    if objective is None:
        return ""
    word = f"`{objective.external}`: " if objective.external else ""
    return f"{word}{', '.join(_goal(goal) for goal in objective.goals)}"


def _goal(goal: Goal) -> str:
    return f"{_words(goal.value).lower()}{' (measured)' if goal.needs_pixel else ''}"


def _button(value: str, taken: Capabilities) -> str:
    word = taken.calls_to_action.get(value)
    return f"`{word}`" if word else ""


# Texts --------------------------------------------------------------------------------------------------------------


def _text(name: str, taken: Capabilities) -> str:
    rule = taken.texts.get(name)
    if rule is None:
        return ""
    parts = [f"{rule.least} to {rule.most} of them" if rule.most > 1 else "" if rule.required else "optional"]
    parts += [f"at most {rule.hard} characters"] if rule.hard else []
    parts += [f"cut off after {rule.soft} on small screens"] if rule.soft else []
    parts += [] if rule.emoji else ["no emoji"]
    return "; ".join(filter(None, parts))


_TEXT_ROWS: list[tuple[str, Cell]] = [
    ("Name of a campaign", lambda taken: f"at most {taken.name_limit} characters, our mark included"),
    ("How characters count", lambda taken: taken.counting),
]


# Media --------------------------------------------------------------------------------------------------------------


def _media_rows() -> Iterator[tuple[str, Cell]]:
    for kind in CreativeType:
        yield _words(kind), partial(_media, kind)


def _media(kind: CreativeType, taken: Capabilities) -> str:
    creative = taken.creative(kind)
    if creative is None:
        return ""
    least, most = creative.media_least, creative.media_most
    count = f"{most} file" if most == 1 else f"{least} to {most} files"
    return "<br>".join([count, *(f"{_MEDIA_KINDS[kind]}: {_file(rule)}" for kind, rule in creative.media.items())])


def _file(rule: MediaRule) -> str:
    size = rule.max_bytes // 1_048_576
    parts = [", ".join(sorted(_FORMATS[name] for name in rule.content_types))]
    parts.append(f"to {size} MB" if size < _GIGABYTE else f"to {size // _GIGABYTE} GB")
    parts += [f"from {rule.min_width} × {rule.min_height} pixels"] if rule.min_width > 1 else []
    parts.append(_span(*(f"{ratio:.2f} : 1" if ratio else "" for ratio in (rule.ratio_min, rule.ratio_max))))
    parts.append(_span(*(f"{each} s" if each else "" for each in (rule.duration_min, rule.duration_max))))
    return f"{', '.join(filter(None, parts))}. {rule.advice}".strip()


def _span(least: str, most: str) -> str:
    if least == most:
        return least
    return " ".join(filter(None, [f"from {least}" if least else "", f"to {most}" if most else ""]))


# Money and the rest -------------------------------------------------------------------------------------------------


def _money_rows() -> Iterator[tuple[str, Cell]]:
    yield (
        "Budgets of",
        lambda taken: " or ".join(_words(level).lower() for level in sorted(taken.budget_levels, reverse=True)),
    )
    yield "Kinds of budget", lambda taken: " or ".join(sorted(taken.budget_types))
    for currency in CURRENCIES:
        yield f"Least budget in {currency}", partial(_least, currency)
    yield "Spending on one day", lambda taken: taken.overspend_note
    yield "Shortest run", lambda taken: f"{taken.min_schedule_hours} hours" if taken.min_schedule_hours else ""


def _least(currency: str, taken: Capabilities) -> str:
    return taken.least_budget({}, currency) or "as each account tells"


def _asset(rule: AssetRule) -> str:
    when = "for conversions" if rule.when_converting else "required" if rule.required else "optional"
    return f"{rule.label} ({when})"


_REST_ROWS: list[tuple[str, Cell]] = [
    ("Ages", lambda taken: f"{taken.age_min} to {taken.age_max}"),
    ("Account assets", lambda taken: "<br>".join(_asset(rule) for rule in taken.assets)),
    ("Special ad categories", lambda taken: "<br>".join(label for _, label in taken.special_ad_categories)),
]
