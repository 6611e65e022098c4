"""Encrypted text, from the ground floor, under the name by which connections and their migrations know it."""

from __future__ import annotations

from stratum.fields import EncryptedTextField, Undecryptable, cipher

__all__ = ["EncryptedTextField", "Undecryptable", "cipher"]
