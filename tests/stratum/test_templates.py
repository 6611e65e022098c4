"""Rules that hold in every template, whoever wrote it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import CharField
from django.template import engines
from django.template.loader import get_template

from stratum import statuses
from stratum.styleguide import TONES, icon_names

FOLDER = Path(settings.BASE_DIR) / "templates"
ALL = sorted(FOLDER.rglob("*.html"))
#: Mail programs load no style sheets; the Content-Security-Policy does not reach them.
PAGES = [path for path in ALL if "mail" not in path.parts]
SYMBOLS = set(re.findall(r'<symbol id="([^"]+)"', (Path(settings.BASE_DIR) / "static/img/icons.svg").read_text()))

FORBIDDEN = {
    "inline style": re.compile(r"<style|\sstyle\s*=", re.I),
    "inline script": re.compile(r"<script(?![^>]*\ssrc=)", re.I),
    "inline handler": re.compile(r"\son[a-z]+\s*=\s*[\"']", re.I),
    "javascript address": re.compile(r"javascript:", re.I),
    "handler of htmx": re.compile(r"hx-on|hx-vars|[\"']js:", re.I),
    "another host": re.compile(r"(src|href|action)=[\"'](https?:)?//", re.I),
    "unescaped value": re.compile(r"\|\s*safe\b|autoescape\s+off"),
}


def name(path: Path) -> str:
    return str(path.relative_to(FOLDER))


@pytest.mark.parametrize("path", PAGES, ids=name)
@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_page_holds(path, what):
    assert not FORBIDDEN[what].search(path.read_text())


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("inline style", '<p style="color: red">'),
        ("inline style", "<style>p {}</style>"),
        ("inline script", "<script>alert(1)</script>"),
        ("inline handler", '<a onclick="go()">'),
        ("javascript address", '<a href="javascript:go()">'),
        ("handler of htmx", '<a hx-on:click="go()">'),
        ("another host", '<img src="//cdn.example/x.png">'),
        ("unescaped value", "{{ name|safe }}"),
    ],
)
def test_the_rules_above_find_what_they_forbid(what, text):
    assert FORBIDDEN[what].search(text)


@pytest.mark.parametrize("path", ALL, ids=name)
def test_every_template_can_be_read(path):
    assert get_template(name(path))


@pytest.mark.parametrize("path", ALL, ids=name)
def test_every_icon_that_a_template_names_is_drawn(path):
    text = path.read_text()
    named = re.findall(r'{% icon "([^"]+)"', text) + re.findall(r'icon(?:_name)?="([^"]+)"', text)

    assert set(named) <= SYMBOLS


def test_the_style_guide_shows_every_icon():
    assert set(icon_names()) == SYMBOLS
    assert "check" in SYMBOLS


def test_every_look_has_a_tone_and_an_icon_that_exist():
    assert {look.tone for look in statuses.LOOKS.values()} <= set(TONES)
    assert {look.icon for look in statuses.LOOKS.values()} <= SYMBOLS


def states() -> list[str]:
    """Every value of every field called status, state or delivery in our rooms."""
    rooms = [apps.get_app_config(label) for label in ("integrations", "adaccounts", "campaigns")]
    fields = [field for room in rooms for model in room.get_models() for field in model._meta.get_fields()]
    chosen = [f for f in fields if isinstance(f, CharField) and f.name in {"status", "state", "delivery"}]
    return [str(value) for field in chosen for value, _ in field.flatchoices]


def test_every_state_that_a_row_can_be_in_has_a_look():
    assert len(set(states())) > 20
    assert set(states()) <= set(statuses.LOOKS)


def test_an_unknown_state_is_shown_by_its_own_name():
    assert statuses.look("half_done") == statuses.Look("neutral", "dot", "Half done")


def test_components_escape_what_they_are_given():
    text = '{% badge word "danger" %}{% icon "check" word %}{% stacked_bar 2 word success=1 %}{{ word|shorten:5 }}'
    shown = engines["django"].from_string(text).render({"word": '<b a="1">&'})

    assert "<b " not in shown
    assert '"1"' not in shown


def test_parts_of_a_bar_fill_it_and_never_more():
    text = "{% stacked_bar total label success=done danger=failed %}"
    shown = engines["django"].from_string(text).render({"total": 10, "label": "x", "done": 9, "failed": 3})

    assert re.findall(r'x="([\d.]+)" y="0" width="([\d.]+)"', shown) == [("0.00", "750.00"), ("750.00", "250.00")]
