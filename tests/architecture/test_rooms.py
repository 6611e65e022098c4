"""The house stays as it is drawn: who may import whom, who opens sockets, who changes states."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ["stratum", "integrations", "adaccounts", "campaigns"]  # from the ground up
#: These tie the house together and may look up.
EXCEPTIONS = {"stratum/urls.py", "stratum/settings.py", "stratum/supervisor.py"}
PLATFORMS = {"meta", "google", "tiktok", "snapchat"}
SOCKETS = {"requests", "urllib3", "httpx", "aiohttp", "socket", "http.client", "urllib.request"}
#: Who opens sockets to the world: to the platforms, and, guarded, to addresses that people typed.
WORLD = {"integrations/http.py", "stratum/outbound.py"}
#: Who may open sockets besides: what speaks to this machine's own processes only.
LOCAL_SOCKETS = {
    "stratum/heartbeats.py",  # the host name only
    "stratum/processes.py",
    "stratum/supervisor.py",
    "stratum/services.py",
    "stratum/demo/browsing.py",
    "stratum/demo/journey.py",
    "stratum/demo/stack.py",
    "stratum/management/commands/demo.py",
    "stratum/management/commands/serve.py",
}


def modules() -> Iterator[tuple[str, ast.Module]]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *(f"{room}/*.py" for room in ROOMS)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    for name in sorted(set(listed)):
        path = ROOT / name
        if "/migrations/" not in name and path.exists():
            yield name, ast.parse(path.read_text())


MODULES = dict(modules())
PRODUCT = {name: tree for name, tree in MODULES.items() if not name.startswith("stratum/sandbox/")}


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module


def upward_imports(name: str, tree: ast.Module) -> list[str]:
    own = ROOMS.index(name.split("/")[0])
    return [module for module in imported(tree) if module.split(".")[0] in ROOMS[own + 1 :]]


def test_there_is_something_to_look_at():
    assert len(PRODUCT) > 40


@pytest.mark.parametrize("name", sorted(set(PRODUCT) - EXCEPTIONS))
def test_rooms_import_downwards_only(name):
    assert upward_imports(name, PRODUCT[name]) == []


def test_an_upward_import_would_be_found():
    assert upward_imports("adaccounts/x.py", ast.parse("from campaigns.models import X")) == ["campaigns.models"]


@pytest.mark.parametrize("name", sorted(n for n in MODULES if n.startswith("stratum/sandbox/")))
def test_the_sandbox_imports_nothing_of_ours(name):
    ours = [m for m in imported(MODULES[name]) if m.split(".")[0] in ROOMS and not m.startswith("stratum.sandbox")]

    assert ours == []


@pytest.mark.parametrize("name", sorted(PRODUCT))
def test_only_two_modules_open_sockets_to_the_world(name):
    if name in WORLD | LOCAL_SOCKETS:
        return
    assert SOCKETS.isdisjoint(imported(PRODUCT[name]))


def compared_platforms(tree: ast.Module) -> list[int]:
    """Return the lines in which a platform's slug is compared with something, or matched."""
    lines = []
    for node in ast.walk(tree):
        parts = [node.left, *node.comparators] if isinstance(node, ast.Compare) else []
        parts += [node.value] if isinstance(node, ast.MatchValue) else []
        for part in parts:
            constants = {c.value for c in ast.walk(part) if isinstance(c, ast.Constant)}
            if constants & PLATFORMS:
                lines.append(node.lineno)
    return lines


@pytest.mark.parametrize("name", sorted(n for n in PRODUCT if not n.startswith("integrations/platforms/")))
def test_nothing_switches_on_a_platforms_name_outside_its_folder(name):
    assert compared_platforms(PRODUCT[name]) == []


def test_a_switch_on_a_platforms_name_would_be_found():
    assert compared_platforms(ast.parse('if slug == "meta": pass\nif x in ("tiktok", "a"): pass')) == [1, 2]


def called_names(tree: ast.Module) -> set[str]:
    return {
        node.func.attr for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }


TRANSITIONS = {
    "mark_submitted", "mark_withdrawn", "mark_approved", "mark_rejected", "mark_revised", "mark_publishing",
    "mark_published", "mark_failed",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(set(PRODUCT) - {"campaigns/workflow.py"}))
def test_only_the_workflow_changes_a_drafts_state(name):
    assert TRANSITIONS.isdisjoint(called_names(PRODUCT[name]))


def test_the_list_of_transitions_is_complete():
    from campaigns.models import CampaignDraft

    assert {name for name in dir(CampaignDraft) if name.startswith("mark_")} == TRANSITIONS


@pytest.mark.parametrize("folder", sorted(p.name for p in (ROOT / "integrations/platforms").iterdir() if p.is_dir()))
def test_every_platform_has_the_same_five_files(folder):
    if folder == "__pycache__":
        return
    files = {path.name for path in (ROOT / "integrations/platforms" / folder).glob("*.py")}

    assert {"oauth.py", "client.py", "capabilities.py", "payloads.py", "adapter.py"} <= files


def test_each_app_has_one_leaf_migration(db):
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(connection)

    assert {app: len(loader.graph.leaf_nodes(app)) for app in ROOMS} == dict.fromkeys(ROOMS, 1)
