from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

from stratum import development, env
from stratum.models import User
from stratum.roles import Role

NAMES = {variable.name for variable in env.VARIABLES}


def test_the_example_lists_every_variable_with_its_default() -> None:
    assert (env.ROOT / ".env.example").read_text() == env.example()


@pytest.mark.parametrize(
    "path", ["docs/operations.md", "deploy/compose.yaml", "deploy/Dockerfile", "deploy/stratum.service"]
)
def test_what_we_tell_operators_to_set_is_really_read(path: str) -> None:
    text = (env.ROOT / path).read_text()
    foreign = {"POSTGRES_PASSWORD", "POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD_FILE", "DJANGO_SETTINGS_MODULE"}
    foreign |= {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}  # read by boto3

    told = set(re.findall(r"\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?==|: |`)", text)) - foreign

    assert told <= NAMES
    assert told


def test_a_new_environment_has_fresh_keys_and_is_for_the_owner_alone(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"

    development.write_environment(first)
    development.write_environment(second)

    assert value(first, "SECRET_KEY") != value(second, "SECRET_KEY")
    assert value(first, "TOKEN_KEYS") != value(second, "TOKEN_KEYS")
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    assert value(first, "META_APP_ID")


def test_an_environment_that_is_there_is_not_changed(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    development.write_environment(file)
    before = file.read_text()

    assert development.write_environment(file) == []
    assert file.read_text() == before


def test_what_a_newer_sandbox_needs_is_added(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("SANDBOX_URL=http://127.0.0.1:8100\nMETA_APP_ID=mine")  # no line end: it must not be glued

    written = development.write_environment(file)

    assert "META_APP_SECRET" in written
    assert value(file, "META_APP_ID") == "mine"
    assert value(file, "META_APP_SECRET")


def test_an_environment_for_real_platforms_gets_no_sandbox_credentials(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("SECRET_KEY=mine\nSANDBOX_URL=\n")

    assert development.write_environment(file) == []


def value(file: Path, name: str) -> str:
    found = re.search(rf"^{name}=(.*)$", file.read_text(), re.MULTILINE)
    assert found, f"{name} is not in the file"
    return found[1]


def test_the_demo_team_has_one_person_for_each_role(db: None, tmp_path: Path) -> None:
    file = tmp_path / "data" / "demo-team.txt"

    passwords = development.make_team(file)

    assert {user.username: user.roles for user in User.objects.all()} == {
        "ada": [Role.ADMIN],
        "carl": [Role.CREATOR],
        "anne": [Role.APPROVER],
        "fiona": [Role.FINANCE],
        "paul": [Role.PUBLISHER],
        "vera": [Role.VIEWER],
    }
    assert User.objects.get(username="anne").check_password(passwords["anne"])
    assert len(set(passwords.values())) == len(passwords)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_second_time_prints_the_same_passwords_and_changes_nobody(db: None, tmp_path: Path) -> None:
    first = development.make_team(tmp_path / "team.txt")
    vera = User.objects.get(username="vera")
    vera.set_password("changed by herself")
    vera.save()

    assert development.make_team(tmp_path / "team.txt") == first
    assert User.objects.get(username="vera").check_password("changed by herself")


def test_without_the_file_everybody_gets_a_new_password(db: None, tmp_path: Path) -> None:
    first = development.make_team(tmp_path / "team.txt")
    (tmp_path / "team.txt").unlink()

    second = development.make_team(tmp_path / "team.txt")

    assert User.objects.count() == len(second)
    assert first["carl"] != second["carl"]
    assert User.objects.get(username="carl").check_password(second["carl"])
