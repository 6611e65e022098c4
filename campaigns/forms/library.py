from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from campaigns import ratios, verdicts
from campaigns.models import MediaAsset
from integrations import platforms

SHAPES = ("9:16", "4:5", "1:1", "16:9", "1.91:1")


class LibraryFilter(forms.Form):
    """Which files of the library are wanted. What is empty, or not one of the choices, does not narrow."""

    q = forms.CharField(label="Name", required=False, max_length=100)
    kind = forms.ChoiceField(label="Kind", required=False)
    shape = forms.ChoiceField(label="Shape", required=False)
    fits = forms.ChoiceField(label="Fits", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = {
            "kind": [("", "All"), ("image", "Pictures"), ("video", "Videos")],
            "shape": [("", "All"), *((shape, shape) for shape in SHAPES)],
            "fits": [("", "Any platform"), *((slug, platforms.label(slug)) for slug in platforms.available())],
        }
        for name, choices in offered.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices
            field.widget.attrs["class"] = "form-select"
        self.fields["q"].widget = forms.TextInput(attrs={"class": "form-control", "type": "search"})

    @property
    def is_narrowing(self) -> bool:
        return any(self._wanted().values())

    def narrow(self, rows: QuerySet[MediaAsset]) -> QuerySet[MediaAsset]:
        wanted = self._wanted()
        if text := wanted.get("q"):
            rows = rows.filter(filename__icontains=text)
        if kind := wanted.get("kind"):
            rows = rows.filter(kind=kind)
        if bounds := ratios.bounds(wanted.get("shape", "")):
            rows = rows.filter(ratio__range=bounds)
        if slug := wanted.get("fits"):
            rows = rows.filter(verdicts.takes(slug))
        return rows

    def _wanted(self) -> dict[str, str]:
        self.is_valid()
        return {name: str(value) for name, value in self.cleaned_data.items()}
