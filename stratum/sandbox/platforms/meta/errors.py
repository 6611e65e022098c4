"""Graph API errors: the shape and the codes that Meta answers with."""

from __future__ import annotations

from typing import Any

from stratum.sandbox import ids

INVALID_PARAMETER = 100
MISSING_OBJECT = 33


class GraphError(Exception):
    """A refusal of the Graph API. `blame` names the parameter, or the path into it."""

    def __init__(
        self,
        code: int,
        message: str,
        *,
        subcode: int | None = None,
        title: str | None = None,
        advice: str | None = None,
        blame: str | list[str] | None = None,
        status: int = 400,
        kind: str = "OAuthException",
        transient: bool = False,
        data: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.code, self.message, self.subcode, self.status = code, message, subcode, status
        self.title, self.advice, self.kind, self.transient = title, advice, kind, transient
        self.data = dict(data or {})
        if blame:
            self.data["blame_field_specs"] = [[blame] if isinstance(blame, str) else blame]

    def body(self) -> dict[str, Any]:
        """The error as Meta writes it; parts that do not apply are left out."""
        error: dict[str, Any] = {"message": self.message, "type": self.kind, "code": self.code}
        if self.data:
            error["error_data"] = self.data
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        error["is_transient"] = self.transient
        if self.title:
            error["error_user_title"] = self.title
        if self.advice:
            error["error_user_msg"] = self.advice
        return {"error": error | {"fbtrace_id": trace_id()}}


def trace_id() -> str:
    return ids.opaque(23, "A")


def invalid(
    message: str, blame: str | list[str], *, subcode: int | None = None, title: str = "Invalid parameter"
) -> GraphError:
    """Code 100 with a text for people and the parameter it is about."""
    return GraphError(INVALID_PARAMETER, "Invalid parameter", subcode=subcode, title=title, advice=message, blame=blame)


def missing_parameter(name: str) -> GraphError:
    return GraphError(INVALID_PARAMETER, f"(#100) The parameter {name} is required", blame=name)


def unknown_parameter(name: str) -> GraphError:
    return GraphError(INVALID_PARAMETER, f"(#100) Unknown parameter: {name}", blame=name)


def no_such_object(method: str, external_id: str) -> GraphError:
    """100/33, which does not say whether the object is missing or only hidden from this token."""
    return GraphError(
        INVALID_PARAMETER,
        f"Unsupported {method.lower()} request. Object with ID '{external_id}' does not exist, cannot be loaded due to "
        "missing permissions, or does not support this operation.",
        subcode=MISSING_OBJECT,
        kind="GraphMethodException",
    )


def no_permission(message: str) -> GraphError:
    return GraphError(200, f"(#200) {message}", status=403)


def bad_token(message: str, subcode: int | None = None) -> GraphError:
    return GraphError(190, message, subcode=subcode, status=401)


def expired_token() -> GraphError:
    return bad_token("Error validating access token: Session has expired.", 463)


def revoked_token() -> GraphError:
    return bad_token("Error validating access token: The user has not authorized application 1000000000000001.", 458)


def unsupported_version(version: str) -> GraphError:
    return GraphError(
        2635,
        f"(#2635) You are calling a deprecated version of the Ads API ({version}). Please update to v26.0.",
    )


def for_http_status(status: int) -> GraphError:
    """The usual error behind an HTTP status."""
    match status:
        case 401:
            return expired_token()
        case 403:
            return no_permission("Permissions error")
        case 404:
            return GraphError(INVALID_PARAMETER, "Unknown path components", kind="GraphMethodException", status=404)
        case 429:
            return GraphError(17, "(#17) User request limit reached", subcode=2446079, status=429)
        case _ if status >= 500:
            return GraphError(
                2, "An unexpected error has occurred. Please retry your request later.", status=status, transient=True
            )
    return GraphError(1, "An unknown error occurred", status=status)


_THROTTLES = {
    4: ("(#4) Application request limit reached", 1504022),
    17: ("(#17) User request limit reached", 2446079),
    613: ("(#613) Calls to this api have exceeded the rate limit.", 1487742),
    80004: ("(#80004) There have been too many calls to this ad-account. Wait a bit and try again.", 2446079),
}


def throttled(code: int) -> GraphError:
    """One of the throttle errors: 4 app, 17 user, 613 custom, 80004 ads management; the last for any other code."""
    code = code if code in _THROTTLES else 80004
    message, subcode = _THROTTLES[code]
    return GraphError(
        code,
        message,
        subcode=subcode,
        title="Ad account has too many API calls",
        advice="There have been too many calls to this ad account. Please wait a bit and try again.",
        transient=True,
    )
