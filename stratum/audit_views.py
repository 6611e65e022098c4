"""Settings → Audit trail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from stratum import audit, audit_export, events, paging, sealing, ui
from stratum.models import Event, User

EXPORTED = "audit.exported"
SYSTEM = "system"

#: Format → content type, and how the lines are written.
FORMATS: dict[str, tuple[str, Callable[[QuerySet[Event]], Iterator[str]]]] = {
    "csv": ("text/csv", audit_export.csv_lines),
    "jsonl": ("application/jsonl", audit_export.json_lines),
}


class AuditForm(forms.Form):
    """Narrows the audit trail; every field may be empty."""

    person = forms.ChoiceField(required=False, label="Who")
    code = forms.CharField(required=False, max_length=60, label="Action")
    subject = forms.CharField(required=False, max_length=60, label="About")
    first = forms.DateField(required=False, label="From", widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(required=False, label="To", widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(user.pk), str(user)) for user in User.objects.order_by("first_name", "username")]
        person = self.fields["person"]
        assert isinstance(person, forms.ChoiceField)
        person.choices = [("", "Everybody"), (SYSTEM, audit.SYSTEM), *people]
        for name, example in {"code": "draft.approved, or draft.", "subject": "draft:12"}.items():
            self.fields[name].widget.attrs |= {"placeholder": example, "spellcheck": "false", "autocapitalize": "none"}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("first") and cleaned.get("last") and cleaned["first"] > cleaned["last"]:
            self.add_error("last", "This day is before the first one.")
        return cleaned

    def filter(self) -> audit.Filter:
        """Return what was chosen."""
        chosen = dict(self.cleaned_data)
        person = chosen.pop("person")
        return audit.Filter(person=int(person) if person.isdecimal() else None, system=person == SYSTEM, **chosen)


def _reader(request: HttpRequest) -> User:
    user = ui.member(request)
    if not user.has_perm("stratum.view_event"):
        raise PermissionDenied("Only Admins, Approvers and Finance may see the audit trail.")
    return user


@never_cache
@require_GET
def trail(request: HttpRequest) -> HttpResponse:
    """Show what everybody and the system did, the latest first, filtered."""
    _reader(request)
    form = AuditForm(request.GET or None)
    rows: QuerySet[Event] = Event.objects.select_related("actor", "seal")
    if form.is_bound and form.is_valid():
        rows = form.filter().apply(rows)
    elif form.is_bound:
        rows = rows.none()
    page = paging.page(request, rows, ["-at", "-id"], size=50)
    context = {"form": form, "page": page, "rows": audit.rows(page.items), "head": sealing.head()}
    context |= {"is_filtered": any(request.GET.get(name) for name in form.fields)}
    return render(request, "stratum/audit.html", context, status=422 if form.errors else 200)


@require_POST
def export(request: HttpRequest, format: str) -> HttpResponseBase:  # noqa: A002  (the word of the address)
    """Send the trail as a file, filtered like the page; that it was exported is recorded."""
    user, form = _reader(request), AuditForm(request.POST)
    if not form.is_valid():
        raise ui.Refusal("VALIDATION_FAILED", "The filter is not right. Correct it on the page, then export again.")
    chosen, (content_type, write) = form.filter(), FORMATS[format]
    events.record(user, EXPORTED, "audit:trail", format=format, **chosen.facts())
    response = StreamingHttpResponse(
        write(chosen.apply(Event.objects.all())), content_type=f"{content_type}; charset=utf-8"
    )
    name = f"audit-{timezone.localtime():%Y-%m-%d-%H%M}.{format}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
