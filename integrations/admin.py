from __future__ import annotations

from django.contrib import admin

from integrations.models import ApiCall, Connection
from stratum.admin import ReadOnlyAdmin
from stratum.records import pretty


@admin.register(Connection)
class ConnectionAdmin(ReadOnlyAdmin):
    """What is known of a connection. Its tokens are named nowhere here: not even who may read everything may read them."""

    list_display = ["platform", "status", "external_user_name", "connected_by", "connected_at", "ends"]
    list_select_related = ["connected_by"]
    fields = [
        "platform",
        "status",
        "external_user_name",
        "external_user_id",
        "scopes",
        "connected_by",
        "connected_at",
        "refreshed_at",
        "ends",
        "last_error",
    ]
    readonly_fields = ["ends"]

    @admin.display(description="Must be renewed by")
    def ends(self, connection: Connection) -> str:
        return f"{connection.ends_at:%Y-%m-%d %H:%M} UTC" if connection.ends_at else "–"


@admin.register(ApiCall)
class ApiCallAdmin(ReadOnlyAdmin):
    list_display = ["at", "platform", "run", "method", "url", "status", "took_ms"]
    list_filter = ["platform", "status"]
    search_fields = ["run__exact", "trace_id__exact"]
    search_help_text = "A run like run:12, or a trace id."
    fields = ["at", "platform", "run", "call_id", "method", "url", "status", "took_ms", "trace_id", "error"]
    fields += ["sent", "answered"]
    readonly_fields = ["at", "sent", "answered"]

    @admin.display(description="Request")
    def sent(self, call: ApiCall) -> str:
        return pretty(call.request)

    @admin.display(description="Answer")
    def answered(self, call: ApiCall) -> str:
        return pretty(call.response)
