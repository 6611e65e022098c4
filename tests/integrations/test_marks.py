"""Objects are found again by the marks in their names, their twins too."""

from __future__ import annotations

import pytest

from integrations.marks import NEARBY, by_mark, mark, marked


def rows(*keys: str) -> list[dict[str, str]]:
    """Rows of a list as the platforms show it, the newest first; an empty key is somebody else's object."""
    return [{"id": str(number), "name": f"Ad{mark(key) if key else ''}"} for number, key in enumerate(keys)]


def ids(found: object) -> dict[str, list[str]]:
    return {key: [row["id"] for row in twins] for key, twins in found.items()}  # type: ignore[attr-defined]


def test_every_twin_nearby_is_found_whichever_is_older():
    listed = rows("a", "", "a", "b", "x", "b", "a")

    assert ids(by_mark(listed, ["a", "b"], "name")) == {"a": ["0", "2", "6"], "b": ["3", "5"]}


@pytest.mark.parametrize(("nearby", "read"), [(NEARBY, NEARBY + 2), (0, 2), (None, 1_000)])
def test_the_search_ends_some_rows_after_everything_was_found(nearby, read):
    seen = []

    def listed():
        for row in rows("", "a", *[""] * 997, "a"):
            seen.append(row)
            yield row

    found = by_mark(listed(), ["a"], "name", nearby)

    assert len(seen) == read
    assert len(found["a"]) == (2 if nearby is None else 1)


def test_what_is_not_there_is_looked_for_to_the_end_and_nothing_is_read_for_nobody():
    assert ids(by_mark(rows(*[""] * 900, "b"), ["a", "b"], "name", 0)) == {"b": ["900"]}
    assert by_mark(rows("a"), [], "name") == {}


def test_a_mark_is_one_only_at_the_end_of_a_name():
    listed = [{"name": f"{mark('a')} copy"}, {"name": "a"}, {"name": None}, {}]

    assert by_mark(listed, ["a"], "name") == {}
    assert marked("Summer sale", "k-1", 20) == "Summer sale [st-k-1]"
    assert marked("Summer sale of the year", "k-1", 20) == "Summer sale [st-k-1]"
