"""A cross-section of the fault suite, for every run of the tests; `make test-faults` plays all of it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ZEROS = ("duplicates", "stuck", "live while failed", "lost drafts", "over cap", "leaks", "other")


@pytest.mark.timeout(400)
def test_publishing_survives_a_cross_section_of_all_faults(settings):
    played = subprocess.run(
        [sys.executable, "-m", "tests.faults", "--short"],
        cwd=ROOT, env={**os.environ, "DATABASE_URL": os.environ.get("DATABASE_URL", "")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    report = played.stdout[-6000:] + played.stderr[-3000:]

    assert played.returncode == 0, report
    counts = {name: int(count) for name, count in re.findall(r"^([a-z ]+?)\s+(\d+)\b", played.stdout, re.MULTILINE)}
    assert {name: counts[name] for name in ZEROS} == dict.fromkeys(ZEROS, 0)
    assert counts["faults tried"] > 15
    controls = [
        int(count) for count in re.findall(r"^control: .*?(\d+) \(must not be 0\)$", played.stdout, re.MULTILINE)
    ]
    assert len(controls) == 4, report
    assert all(controls), report
