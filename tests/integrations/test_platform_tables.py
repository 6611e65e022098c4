"""docs/platforms.md says what the capabilities say."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from integrations import platforms
from integrations.capabilities import dropped
from integrations.management.commands import platform_table
from integrations.platform_tables import document


def test_the_page_is_up_to_date() -> None:
    call_command("platform_table", "--check")


def test_a_page_that_says_something_else_is_noticed_and_written_anew(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings
) -> None:
    settings.BASE_DIR = tmp_path
    monkeypatch.setattr(platform_table, "PAGE", tmp_path / "platforms.md")
    with pytest.raises(CommandError, match="not up to date"):
        call_command("platform_table", "--check")

    call_command("platform_table")
    call_command("platform_table", "--check")

    tiktok = platforms.platform_class("tiktok")
    other = dict(tiktok.capabilities.fields) | {"campaign.url_tags": dropped("Nobody wants them.")}
    monkeypatch.setattr(tiktok, "capabilities", dataclasses.replace(tiktok.capabilities, fields=other))
    with pytest.raises(CommandError, match="not up to date"):
        call_command("platform_table", "--check")


def test_every_row_has_a_cell_for_each_platform() -> None:
    rows = [line for line in document().splitlines() if line.startswith("|")]

    assert len(rows) > 80
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {len(platforms.available()) + 2}
