"""The names of campaigns as lists sort and search by: without case and accents, the same on every database."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.db import models

#: Characters of a key. PostgreSQL takes 2,704 bytes in a row of an index; four bytes a character leave room for the rest.
LENGTH = 500


def folded(text: str) -> str:
    """Return the text as names are compared: `Été  SALE` → `ete sale`."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(plain.casefold().split())


def key_of(name: str) -> str:
    """Return what is kept of a name to sort and search by."""
    return folded(name)[:LENGTH]


class NameKeyField(models.CharField):  # type: ignore[type-arg]
    """Holds the folded beginning of the model's `name`, whoever saves the row and however many at once."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": LENGTH, "blank": True, "editable": False} | kwargs)

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        key = key_of(str(model_instance.name))  # type: ignore[attr-defined]
        setattr(model_instance, self.attname, key)
        return key
