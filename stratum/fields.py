"""Encrypted text: what the database keeps can be read with a key from the environment only."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models, transaction


class Undecryptable(Exception):
    """No key in TOKEN_KEYS opens a stored secret."""

    def __init__(self) -> None:
        super().__init__("No key in TOKEN_KEYS opens this secret. Put the former key back, or enter the secret anew.")


@lru_cache(maxsize=8)
def _cipher_for(keys: tuple[str, ...]) -> MultiFernet:
    if not keys:
        raise ImproperlyConfigured("TOKEN_KEYS is empty. Make a key with `manage.py rotate_token_keys --new`.")
    return MultiFernet([Fernet(key) for key in keys])


def cipher() -> MultiFernet:
    """Return the cipher of TOKEN_KEYS: the first key encrypts, every key decrypts."""
    return _cipher_for(tuple(settings.TOKEN_KEYS))


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """A text that is encrypted in the database and plain in memory; Undecryptable when no key fits."""

    def get_prep_value(self, value: Any) -> Any:
        return cipher().encrypt(value.encode()).decode() if value else value

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        if not value:
            return value
        try:
            return cipher().decrypt(value.encode()).decode()
        except InvalidToken as error:
            raise Undecryptable from error

    def get_lookup(self, lookup_name: str) -> Any:
        """Refuse comparisons: the same text encrypts to another value each time, so none would ever match."""
        if lookup_name not in {"isnull"}:
            raise TypeError("Encrypted text cannot be searched.")
        return super().get_lookup(lookup_name)


def models_with_secrets() -> list[type[models.Model]]:
    """Return the models of all rooms that keep encrypted text."""
    return [
        model
        for model in apps.get_models()
        if any(isinstance(field, EncryptedTextField) for field in model._meta.get_fields())
    ]


def encrypt_anew(model: type[models.Model], pk: Any) -> bool:
    """Encrypt a row's secrets with the first key, under its lock; False if no key opens them."""
    secret = [field.name for field in model._meta.get_fields() if isinstance(field, EncryptedTextField)]
    with transaction.atomic():
        try:
            row = model._base_manager.select_for_update().get(pk=pk)
        except Undecryptable:
            return False
        row.save(update_fields=secret)
    return True
