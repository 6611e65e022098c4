"""What holds for every request: whom the sandbox answers, and the headers of its own pages."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


def page_policy(*form_targets: str) -> str:
    """The content security policy of a page: its own style sheet and images, its own forms, and nothing else.

    A form that ends in a redirect to another origin must name it: browsers apply form-action to the redirect as well.
    """
    targets = " ".join(["'self'", *form_targets])
    return (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action {targets}"
    )


class HostMiddleware:
    """Refuses names that are not the sandbox's own before any view runs: Django checks them only where a view asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.get_host()
        return self.get_response(request)


class PageHeadersMiddleware:
    """Gives every page a policy, unless its view gave it one, and keeps it out of caches."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Content-Security-Policy", page_policy())
            response.headers.setdefault("Cache-Control", "no-store")
        return response
