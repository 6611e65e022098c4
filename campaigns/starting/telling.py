"""Says what becomes of a campaign's parts: the same sentence about many parts is said once, with where it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from campaigns import editing, outline
from campaigns.editing import CAMPAIGN, Content
from campaigns.outline import UNNAMED
from campaigns.rules import Problem
from integrations.capabilities import Fit, Verdict

#: Names that stand behind a sentence; of more, the number is said.
NAMED = 3
ORDER = (Verdict.REFUSED, Verdict.DROPPED, Verdict.CHANGED, Verdict.KEPT)
T = TypeVar("T")


@dataclass(frozen=True)
class Line:
    """A sentence about one or more parts; `where` names them, empty for the campaign itself."""

    verdict: Verdict
    what: str
    becomes: str
    where: str


@dataclass(frozen=True)
class ProblemLine:
    """A problem with where it is; `components/problems.html` shows it."""

    problem: Problem
    where: str
    url: str = ""

    @property
    def is_error(self) -> bool:
        return self.problem.is_error

    @property
    def message(self) -> str:
        return f"{self.where}: {self.problem.message}" if self.where else self.problem.message

    @property
    def fix(self) -> str:
        return self.problem.fix


def lines(fits: Iterable[Fit], content: Content) -> list[Line]:
    """Return the sentences, what is lost first."""
    told = [
        Line(same[0].verdict, same[0].what, same[0].becomes, _where([fit.path for fit in same], content))
        for same in _grouped(fits, lambda fit: (fit.verdict, fit.what, fit.becomes)).values()
    ]
    return sorted(told, key=lambda line: ORDER.index(line.verdict))


def problem_lines(
    problems: Iterable[Problem], content: Content, url: Callable[[str], str] = lambda path: ""
) -> list[ProblemLine]:
    """Return the problems, errors first; `url` leads from a draft path to where it is settled."""
    groups = _grouped(problems, lambda problem: (problem.code, problem.message, problem.fix))
    told = [
        ProblemLine(
            same[0], _where([problem.path for problem in same], content), url(same[0].path) if same[0].path else ""
        )
        for same in groups.values()
    ]
    return sorted(told, key=lambda line: not line.is_error)


def _grouped(items: Iterable[T], key: Callable[[T], tuple[object, ...]]) -> dict[tuple[object, ...], list[T]]:
    groups: dict[tuple[object, ...], list[T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups


def _where(paths: list[str], content: Content) -> str:
    keys = [key for key in dict.fromkeys(outline.node_of(path)[0] for path in paths) if key != CAMPAIGN]
    if not keys:
        return ""
    if len(keys) > NAMED:
        return f"{len(keys)} parts"
    return ", ".join(islice((_name(content, key) for key in keys), NAMED))


def _name(content: Content, key: str) -> str:
    place = editing.locate(content, key)
    return str(place.node["name"] or UNNAMED[place.kind])
