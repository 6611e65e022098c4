"""The Google Ads Query Language: parsing a query, and asking whether a row meets its conditions ("Grammar")."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .errors import Fault, Refusal

_TOKEN = re.compile(r"'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\"|[A-Za-z_][\w.]*|-?\d+(?:\.\d+)?|!=|<=|>=|[=<>(),]|\S")
_CLAUSES = frozenset({"FROM", "WHERE", "ORDER", "LIMIT", "PARAMETERS"})


@dataclass(frozen=True)
class Condition:
    field: str
    operator: str
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Query:
    fields: tuple[str, ...]
    resource: str
    conditions: tuple[Condition, ...] = ()
    limit: int | None = None


def parse(text: str) -> Query:
    """Reads a query; raises Refusal with a queryError for what it is not."""
    return _Parser(text).query()


def matches(query: Query, read: Callable[[str], Any]) -> bool:
    """Whether all conditions hold of a row; `read` gives the value of a field."""
    return all(_holds(condition, read(condition.field)) for condition in query.conditions)


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = _TOKEN.findall(text)
        self._at = 0

    def query(self) -> Query:
        self._expect("SELECT", "EXPECTED_SELECT")
        fields = self._fields()
        self._expect("FROM", "EXPECTED_FROM")
        resource = self._name("BAD_RESOURCE_TYPE_IN_FROM_CLAUSE")
        conditions = self._conditions() if self._next_is("WHERE") else ()
        if self._next_is("ORDER"):
            self._skip_order()
        limit = self._limit() if self._next_is("LIMIT") else None
        if self._at < len(self._tokens):
            raise _error("UNEXPECTED_INPUT", f"Unexpected input {self._tokens[self._at]}")
        return Query(fields, resource, conditions, limit)

    def _fields(self) -> tuple[str, ...]:
        found = [self._name("BAD_FIELD_NAME")]
        while self._next_is(","):
            found.append(self._name("BAD_FIELD_NAME"))
        return tuple(found)

    def _conditions(self) -> tuple[Condition, ...]:
        found = [self._condition()]
        while self._next_is("AND"):
            found.append(self._condition())
        return tuple(found)

    def _condition(self) -> Condition:
        field = self._name("BAD_FIELD_NAME")
        operator = self._take("BAD_OPERATOR").upper()
        if operator == "NOT":
            operator += f" {self._take('BAD_OPERATOR').upper()}"
        if operator in ("IN", "NOT IN"):
            return Condition(field, operator, self._list())
        if operator not in ("=", "!=", "<", "<=", ">", ">=", "LIKE", "NOT LIKE"):
            raise _error("BAD_OPERATOR", f"Operator {operator} is not recognized")
        return Condition(field, operator, (self._value(),))

    def _list(self) -> tuple[Any, ...]:
        self._expect("(", "EXPECTED_LIST")
        values = [self._value()]
        while self._next_is(","):
            values.append(self._value())
        self._expect(")", "EXPECTED_LIST")
        return tuple(values)

    def _value(self) -> Any:
        token = self._take("EXPECTED_VALUE")
        if token[0] in "'\"":
            if len(token) < 2 or token[-1] != token[0]:
                raise _error("STRING_NOT_TERMINATED", "A string is not terminated")
            return re.sub(r"\\(.)", r"\1", token[1:-1])
        if token.upper() in ("TRUE", "FALSE"):
            return token.upper() == "TRUE"
        if re.fullmatch(r"-?\d+(\.\d+)?|[A-Z_]+", token):
            return token
        raise _error("BAD_VALUE", f"Bad value {token}")

    def _skip_order(self) -> None:
        self._expect("BY", "UNEXPECTED_INPUT")
        while self._at < len(self._tokens) and self._tokens[self._at].upper() != "LIMIT":
            self._at += 1

    def _limit(self) -> int:
        token = self._take("BAD_LIMIT_VALUE")
        if not token.isdigit() or int(token) < 1:
            raise _error("BAD_LIMIT_VALUE", f"Limit {token} is not a positive number")
        return int(token)

    def _name(self, code: str) -> str:
        token = self._take(code)
        if not re.fullmatch(r"[a-z_][a-z0-9_.]*", token):
            raise _error(code, f"Unexpected {token}: names are written in snake_case")
        return token

    def _take(self, code: str) -> str:
        if self._at >= len(self._tokens):
            raise _error("UNEXPECTED_END_OF_QUERY", "The query ends too early")
        self._at += 1
        token: str = self._tokens[self._at - 1]
        return token

    def _next_is(self, word: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at].upper() == word:
            self._at += 1
            return True
        return False

    def _expect(self, word: str, code: str) -> None:
        if not self._next_is(word):
            raise _error(code, f"Expected {word}")


def unrecognized(field: str) -> Refusal:
    return _error("UNRECOGNIZED_FIELD", f"Unrecognized field in the query: '{field}'.")


def _error(code: str, message: str) -> Refusal:
    return Refusal(Fault("queryError", code, f"Error in query: {message}."))


def _holds(condition: Condition, found: Any) -> bool:
    wanted = [_plain(value) for value in condition.values]
    value = _plain(found)
    match condition.operator:
        case "=" | "IN":
            return value in wanted
        case "!=" | "NOT IN":
            return value not in wanted
        case "LIKE":
            return _is_like(value, wanted[0])
        case "NOT LIKE":
            return not _is_like(value, wanted[0])
    return _compared(condition.operator, value, wanted[0])


def _plain(value: Any) -> str:
    return str(value).upper() if isinstance(value, bool) else "" if value is None else str(value)


def _compared(operator: str, value: str, wanted: str) -> bool:
    left, right = (float(v) if re.fullmatch(r"-?\d+(\.\d+)?", v) else None for v in (value, wanted))
    pair: tuple[Any, Any] = (value, wanted) if left is None or right is None else (left, right)
    outcomes: Mapping[str, bool] = {
        "<": pair[0] < pair[1], "<=": pair[0] <= pair[1], ">": pair[0] > pair[1], ">=": pair[0] >= pair[1],
    }  # fmt: skip
    return outcomes[operator]


def _is_like(value: str, pattern: str) -> bool:
    """LIKE ignores case; % is any text, _ any character, and a character in brackets itself."""
    parts = re.findall(r"\[(.)\]|(%)|(_)|(.)", pattern, re.DOTALL)
    expression = "".join(
        re.escape(bracketed) if bracketed else ".*" if many else "." if one else re.escape(char)
        for bracketed, many, one, char in parts
    )
    return re.fullmatch(expression, value, re.IGNORECASE | re.DOTALL) is not None
