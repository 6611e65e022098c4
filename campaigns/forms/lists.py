"""Form fields for leaves that are lists: variants of a text, ticked choices, places, interests, files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from campaigns import places
from campaigns.forms.leaves import Choices, Counted, Leaf, Length, as_list, as_text


class ManyInput(forms.TextInput):
    """Several controls of one name; the value is the list of what they say."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        return data.getlist(name) if hasattr(data, "getlist") else as_list(data.get(name))


class ListLeaf(Leaf):
    """A list, shown by a template of its own. An empty hidden control says that the list was on the page."""

    widget = ManyInput

    def prepare_value(self, value: Any) -> Any:
        return as_list(value)

    def to_python(self, value: Any) -> Any:
        return [as_text(item) for item in as_list(value) if as_text(item).strip()]

    def read_out(self, value: Any) -> str:
        return "\n".join(as_text(item) for item in as_list(value))


class CheckListLeaf(ListLeaf):
    """Some of a list; what is not offered stays ticked until somebody unticks it."""

    template = "campaigns/builder/check_list.html"

    def __init__(self, *, choices: Choices, **kwargs: Any) -> None:
        self.choices = list(choices)
        super().__init__(**kwargs)

    def show(self, value: Any) -> list[tuple[str, str, bool]]:
        chosen = [as_text(item) for item in as_list(value)]
        offered = {value for value, _ in self.choices}
        kept = [(value, f"{value} (not offered)", True) for value in chosen if value not in offered]
        return [(value, word, value in chosen) for value, word in self.choices] + kept


class TextsLeaf(ListLeaf):
    """Variants of a text, or one text for each picture: then gaps count, because the order does."""

    template = "campaigns/builder/texts.html"

    def __init__(self, *, length: Length, least: int, most: int, has_order: bool = False, **kwargs: Any) -> None:
        self.length, self.least, self.most, self.has_order = length, least, most, has_order
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        texts = [as_text(item) for item in as_list(value)]
        if not self.has_order:
            return [text for text in texts if text.strip()]
        while texts and not texts[-1].strip():
            texts.pop()
        return texts

    @property
    def limits(self) -> dict[str, str]:
        return super().limits | self.length.attributes

    def show(self, value: Any) -> list[Counted]:
        """Return the texts, and empty ones up to what is wanted or one more than is there."""
        texts = [as_text(item) for item in as_list(value)]
        wanted = max(self.least, min(self.most, len(texts) + 1), 1)
        return [Counted(text, self.length) for text in texts + [""] * (wanted - len(texts))]


class LinesLeaf(Leaf):
    """A list written line by line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 4}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(as_text(item) for item in as_list(value))

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in as_text(value).splitlines() if line.strip()]


class PartsLeaf(ListLeaf):
    """A list of parts that have an id and a name, sent as JSON by the tick of each."""

    names: Mapping[str, str] = {"id": "", "name": ""}

    def to_python(self, value: Any) -> Any:
        found: dict[str, Any] = {}
        for item in as_list(value):
            part = item if isinstance(item, Mapping) else self.part(as_text(item))
            if part is not None:
                found.setdefault(json.dumps(self.identity(part), sort_keys=True), part)
        return list(found.values())

    def read_out(self, value: Any) -> str:
        return ", ".join(shown.label for shown in self.show(value))

    def part(self, text: str) -> dict[str, Any] | None:
        """Return the part a tick stands for; one that only has an id when the text is no JSON."""
        if not text.strip():
            return None
        try:
            part = json.loads(text)
        except (ValueError, RecursionError):
            part = None
        names = self.names
        if not isinstance(part, dict) or not set(part) <= set(names):
            part = {"id": text.strip()}
        return {name: default if part.get(name) is None else part[name] for name, default in names.items()}

    def identity(self, part: Mapping[str, Any]) -> Any:
        return part.get("id")


@dataclass(frozen=True)
class Chip:
    """A part as it is ticked on the page: what the tick sends, and what stands beside it."""

    value: str
    label: str
    is_known: bool = True


def chip(part: Any, label: str, *, is_known: bool) -> Chip:
    sent = json.dumps(part, ensure_ascii=False, sort_keys=True) if isinstance(part, dict) else as_text(part)
    return Chip(sent, label or "?", is_known)


class SearchLeaf(PartsLeaf):
    """Parts that only the platform's search can give: interests and languages. `kind` is what is searched for."""

    template = "campaigns/builder/search_list.html"

    def __init__(self, *, kind: str, **kwargs: Any) -> None:
        self.kind = kind
        super().__init__(**kwargs)

    def show(self, value: Any) -> list[Chip]:
        parts = [part if isinstance(part, dict) else {"id": part, "name": ""} for part in as_list(value)]
        return [
            chip(part, as_text(part.get("name") or part.get("id")), is_known=bool(part.get("id"))) for part in parts
        ]


class PlacesInput(ManyInput):
    """Ticked places, and a text that adds further ones by name."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        return [*super().value_from_datadict(data, files, name), *places.read(as_text(data.get(f"{name}.add")))]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and f"{name}.add" not in data


class PlacesLeaf(PartsLeaf):
    template = "campaigns/builder/places.html"
    widget = PlacesInput
    kind = "location"
    names = {"kind": "country", "id": "", "name": "", "country": ""}

    def show(self, value: Any) -> list[Chip]:
        return [chip(place, places.label(place), is_known=places.is_known(place)) for place in as_list(value)]

    def identity(self, part: Mapping[str, Any]) -> Any:
        return [part.get("kind"), part.get("id")]

    def part(self, text: str) -> dict[str, Any] | None:
        part = super().part(text)
        if part is not None and part["kind"] not in {"country", "region", "city"}:
            part["kind"] = "country"
        return part


#: The content types of a kind of file, for the browser's file dialogue.
ACCEPTED = {"image": "image/jpeg,image/png,image/gif", "video": "video/mp4,video/quicktime"}


class MediaLeaf(ListLeaf):
    """Files of the media library by their SHA-256, in the order in which they are shown."""

    template = "campaigns/builder/media_choice.html"

    def __init__(self, *, most: int, kinds: Sequence[str], advice: str = "", **kwargs: Any) -> None:
        self.most, self.kinds, self.advice = most, kinds, advice
        super().__init__(**kwargs)

    @property
    def takes_many(self) -> bool:
        return self.most > 1

    @property
    def control_type(self) -> str:
        return "checkbox" if self.takes_many else "radio"

    @property
    def upload_label(self) -> str:
        one, many = ("a video", "videos") if "video" in self.kinds else ("an image", "pictures")
        return f"Add {many}" if self.takes_many else f"Upload {one}"

    @property
    def icon_name(self) -> str:
        return "film" if "video" in self.kinds else "image"

    @property
    def accept(self) -> str:
        """What the browser's file dialogue offers first; the server judges by the bytes."""
        return ",".join(ACCEPTED[kind] for kind in self.kinds)

    def to_python(self, value: Any) -> Any:
        return list(dict.fromkeys(super().to_python(value)))


class CoverLeaf(Leaf):
    """The picture before a video plays, by its SHA-256; empty leaves it to the platform."""

    template = "campaigns/builder/cover_choice.html"

    def __init__(self, *, platform: str, **kwargs: Any) -> None:
        self.platform = platform
        super().__init__(**kwargs)
