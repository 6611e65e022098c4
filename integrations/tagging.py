"""URL tags on the links of ads: what a campaign adds to the query of each link, never a second time. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote_plus


def tags_for(link: str, tags: str) -> str:
    """Return the tags without those whose parameter the link has already: the link's own value stands."""
    own = {_name(part) for part in link.partition("#")[0].partition("?")[2].split("&")}
    return "&".join(part for part in tags.split("&") if part and _name(part) not in own)


def tagged(link: str, tags: str) -> str:
    """Return the link as people open it, with the tags in its query and its fragment behind."""
    added = tags_for(link, tags)
    if not added or not link:
        return link
    address, mark, fragment = link.partition("#")
    joint = "" if address.endswith(("?", "&")) else "&" if "?" in address else "?"
    return f"{address}{joint}{added}{mark}{fragment}"


def translated(tags: str, spoken: Mapping[str, str], understood: Mapping[str, str]) -> str:
    """Return the tags with one platform's macros in another's words; a tag whose macro the other lacks is left out.

    Both map our names for macros to the platforms' own.
    """
    parts = []
    for part in tags.split("&"):
        used = [name for name, macro in spoken.items() if macro in part]
        if any(name not in understood for name in used):
            continue
        for name in used:
            part = part.replace(spoken[name], understood[name])
        parts.append(part)
    return "&".join(parts)


def _name(part: str) -> str:
    return unquote_plus(part.partition("=")[0])
