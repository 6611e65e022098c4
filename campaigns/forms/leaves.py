"""Form fields whose values are leaves of the draft's JSON. They judge nothing: what was typed is kept and shown again.

`prepare_value` turns a leaf into what the page shows, `clean` turns what was sent into a leaf. A leaf that could not be
read holds whatever was sent once, so every field can show any JSON value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from campaigns.content_rules.unwanted import Unwanted

Choices = Iterable[tuple[str, str]]


def as_text(value: Any) -> str:
    """Return a leaf as a person would have typed it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [value] if value not in (None, "") else []


class LeafOnPage(forms.BoundField):
    """A leaf with its value; `shown` is what the field's own template draws."""

    field: Leaf

    @property
    def shown(self) -> Any:
        return self.field.show(self.value())

    @property
    def add_name(self) -> str:
        """The name of the control that adds to a list."""
        return f"{self.html_name}.add"

    @property
    def search_name(self) -> str:
        """The name of the control whose text is only searched for."""
        return f"search.{self.html_name}"


class Leaf(forms.Field):
    """A field that takes every text. `required` and `hint` only say what the page shows beside the label."""

    template = "components/field.html"
    widget: type[forms.Widget] = forms.TextInput
    bound_field_class = LeafOnPage
    #: What the page says under the field that is no error: a warning, that something is still to come, or what the
    #: platform makes of it.
    warnings: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    becomes: tuple[str, ...] = ()

    def __init__(self, *, hint: str = "", unwanted: Iterable[Unwanted] = (), **kwargs: Any) -> None:
        self.hint, self.unwanted = hint, tuple(unwanted)
        super().__init__(**kwargs)

    @property
    def limits(self) -> dict[str, str]:
        """Data by which the page says while somebody types what the rules will say: patterns, each with its sentence."""
        said = [(one.pattern, one.sentence) for one in self.unwanted]
        return {"unwanted": json.dumps(said)} if said else {}

    def widget_attrs(self, widget: forms.Widget) -> dict[str, str]:
        return {f"data-{name}": value for name, value in self.limits.items()}

    def validate(self, value: Any) -> None:
        """Take it: campaigns/rules.py judges, and says at the field what is wrong."""

    def prepare_value(self, value: Any) -> Any:
        return as_text(value)

    def to_python(self, value: Any) -> Any:
        return as_text(value)

    def show(self, value: Any) -> Any:
        return value

    def read_out(self, value: Any) -> str:
        """Return a leaf in words, to be compared with another one."""
        return as_text(self.prepare_value(value))


class AmountLeaf(Leaf):
    """Money in the account's currency, in major units. A text field: a number field would drop what it cannot read."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(widget=widget, **kwargs)


class WholeNumberLeaf(Leaf):
    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(widget=widget, **kwargs)


class MomentInput(forms.DateTimeInput):
    """The browser's own date and time field; a plain text field for what it would drop as unreadable."""

    template_name = "django/forms/widgets/input.html"
    readable = re.compile(r"^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2})(:\d{2})?$")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        shown = as_text(value)
        found = self.readable.match(shown)
        context["widget"]["type"] = "datetime-local" if found or not shown else "text"
        context["widget"]["value"] = found[1] if found else shown
        return context


class MomentLeaf(Leaf):
    """A wall-clock time in the account's time zone."""

    widget = MomentInput


#: A narrow and a wide character, and how they are counted.
_SAMPLE, _SAMPLE_BY_ONE, _SAMPLE_BY_WIDTH = "a\u6f22", 2, 3


@dataclass(frozen=True)
class Length:
    """How long a text may be, in the platform's own counting: beyond `soft` it is cut off, beyond `hard` refused."""

    soft: int | None = None
    hard: int | None = None
    count: Callable[[str], int] = len

    @property
    def attributes(self) -> dict[str, str]:
        """Data for the counter in the page: by characters, or by width. A third way would stay with the server."""
        limits = {"soft": self.soft, "hard": self.hard}
        known = {name: str(limit) for name, limit in limits.items() if limit is not None}
        ways = {_SAMPLE_BY_ONE: "one", _SAMPLE_BY_WIDTH: "wide"}
        way = ways.get(self.count(_SAMPLE))
        return known | {"count": way} if way else known


@dataclass(frozen=True)
class Counted:
    """A text with its length."""

    text: str
    length: Length

    @property
    def count(self) -> int:
        return self.length.count(self.text)

    @property
    def limit(self) -> int | None:
        return self.length.hard or self.length.soft

    @property
    def is_too_long(self) -> bool:
        return self.length.hard is not None and self.count > self.length.hard

    @property
    def may_be_cut(self) -> bool:
        return self.length.soft is not None and self.count > self.length.soft


class TextLeaf(Leaf):
    """A text of several lines, with a counter."""

    template = "campaigns/builder/text.html"

    def __init__(self, *, length: Length, rows: int = 3, **kwargs: Any) -> None:
        self.length = length
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)

    @property
    def limits(self) -> dict[str, str]:
        return super().limits | self.length.attributes

    def show(self, value: Any) -> Counted:
        return Counted(as_text(value), self.length)


class ChoiceLeaf(forms.ChoiceField, Leaf):
    """One of a list; a value that is not offered is kept, and shown as such.

    `decides` names what else on the page depends on the choice: a script saves it at once.
    """

    widget = forms.Select

    def __init__(
        self, *, choices: Choices, empty: str = "", hint: str = "", decides: Iterable[str] = (), **kwargs: Any
    ) -> None:
        self.offered = [("", empty), *choices] if empty else list(choices)
        super().__init__(choices=self.offered, **kwargs)
        if decides:
            self.widget.attrs["data-decides"] = " ".join(decides)
        self.hint = hint

    def keep(self, value: Any) -> None:
        """Offer the current value too, if the list does not."""
        text = self.prepare_value(value)
        if text and text not in {str(value) for value, _ in self.offered}:
            self.offered = [*self.offered, (text, f"{text} (not offered)")]
            self.choices = self.offered

    def to_python(self, value: Any) -> Any:
        return as_text(value)

    def validate(self, value: Any) -> None:
        """Take it: campaigns/rules.py judges."""

    def read_out(self, value: Any) -> str:
        text = self.prepare_value(value)
        return next((word for offered, word in self.offered if str(offered) == text), str(text))


class PickLeaf(ChoiceLeaf):
    """One of what may be hundreds: a script puts a search above the list when it is long."""

    template = "campaigns/builder/pick.html"


class YesNoLeaf(ChoiceLeaf):
    """A question that must be answered: not yet, yes or no."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=[("yes", "Yes"), ("no", "No")], empty="Not answered", **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no"}[value] if isinstance(value, bool) else as_text(value)

    def to_python(self, value: Any) -> Any:
        return {"yes": True, "no": False, "": None}.get(as_text(value), as_text(value))


class GroupLeaf(ChoiceLeaf):
    """A list of values chosen as one: all, or one of them."""

    def prepare_value(self, value: Any) -> Any:
        return ",".join(as_text(item) for item in as_list(value))

    def to_python(self, value: Any) -> Any:
        return [item for item in as_text(value).split(",") if item]


def words(value: str) -> str:
    """Return a choice's value as a label: video_views → Video views."""
    return value.replace("_", " ").capitalize()


def labelled(values: Iterable[str]) -> Sequence[tuple[str, str]]:
    return [(str(value), words(str(value))) for value in values]
