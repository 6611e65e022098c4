"""Tokens lie encrypted in the database, and keys can be rotated."""

from __future__ import annotations

from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection

from integrations import connections
from integrations.errors import PlatformError
from integrations.fields import Undecryptable
from integrations.models import Connection
from tests.factories import make_connection

pytestmark = pytest.mark.django_db

SECRET = "EAAG-a-very-secret-token"


@pytest.fixture
def stored(db) -> Connection:
    return make_connection(access_token=SECRET, refresh_token=f"{SECRET}-refresh")


def raw_rows() -> str:
    """Everything the connections' table holds, as the database keeps it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {Connection._meta.db_table}")
        return str(cursor.fetchall())


def test_the_database_holds_no_token(stored):
    assert SECRET not in raw_rows()
    assert Connection.objects.get().access_token == SECRET


def test_a_token_in_the_open_would_be_seen(stored):
    Connection.objects.update(last_error=SECRET)

    assert SECRET in raw_rows()


def test_an_update_encrypts_as_well(stored):
    Connection.objects.update(access_token="another-secret")

    assert "another-secret" not in raw_rows()


def test_without_the_key_nothing_can_be_read(stored, settings):
    settings.TOKEN_KEYS = [Fernet.generate_key().decode()]

    with pytest.raises(Undecryptable):
        Connection.objects.get()
    with pytest.raises(PlatformError, match="TOKEN_UNREADABLE"):
        connections.platform_for("meta", connections.record_exchange("meta"))


def test_a_lost_key_does_not_break_the_page_and_says_what_to_do(stored, settings, ada, as_user):
    settings.TOKEN_KEYS = [Fernet.generate_key().decode()]

    page = as_user(ada).get("/settings/integrations").content.decode()

    assert "No key opens the stored tokens" in page


def test_a_lost_key_does_not_keep_anybody_from_disconnecting(stored, settings, ada):
    settings.TOKEN_KEYS = [Fernet.generate_key().decode()]

    assert connections.disconnect("meta", ada) is False
    assert Connection.objects.get().access_token == ""


def test_a_new_key_is_printed_and_changes_nothing(stored):
    before, out = raw_rows(), StringIO()

    call_command("rotate_token_keys", "--new", stdout=out)

    Fernet(out.getvalue().strip())
    assert raw_rows() == before


def test_rotation_encrypts_with_the_first_key(stored, settings):
    new = Fernet.generate_key().decode()
    settings.TOKEN_KEYS = [new, *settings.TOKEN_KEYS]

    call_command("rotate_token_keys", stdout=StringIO())

    settings.TOKEN_KEYS = [new]
    assert Connection.objects.get().access_token == SECRET


def test_rotation_names_what_no_key_opens(stored, settings):
    settings.TOKEN_KEYS = [Fernet.generate_key().decode()]

    with pytest.raises(CommandError, match="Meta"):
        call_command("rotate_token_keys", stdout=StringIO())
