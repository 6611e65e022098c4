from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from stratum.models import Event, Notification, User
from stratum.records import pretty

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
else:  # Django's own classes take no type at run time
    ModelAdmin, TabularInline = admin.ModelAdmin, admin.TabularInline


class ReadOnlyAdmin(ModelAdmin):
    """Records that are looked at here and changed elsewhere, where it is checked, recorded and told."""

    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyInline(TabularInline):
    """Rows that belong to a record; who may see the record may see them."""

    template = "admin/inline.html"
    extra = 0
    can_delete = False
    show_change_link = True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    list_display = ["username", "name", "email", "role_names", "is_active", "last_login"]
    list_filter = ["groups", "is_active"]
    search_fields = ["username", "email", "first_name", "last_name"]
    fields = ["username", "first_name", "last_name", "email", "role_names", "is_active", "last_login", "date_joined"]
    readonly_fields = ["role_names"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return User.objects.prefetch_related("groups")

    @admin.display(description="Name")
    def name(self, user: User) -> str:
        return user.get_full_name()

    @admin.display(description="Roles")
    def role_names(self, user: User) -> str:
        return ", ".join(user.roles) or "–"


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ["at", "actor", "code", "subject"]
    list_filter = ["code"]
    list_select_related = ["actor"]
    search_fields = ["subject__exact", "code__exact"]
    fields = ["at", "actor", "code", "subject", "what"]
    readonly_fields = ["at", "what"]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        # Not as the search's help text: to a reader of screens that would be all that names the field.
        told = {"subtitle": "Search for a subject like draft:12, or a code like draft.approved."}
        return super().changelist_view(request, {**told, **(extra_context or {})})

    @admin.display(description="Data")
    def what(self, event: Event) -> str:
        return pretty(event.data)


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "user", "title", "mail_state", "mail_attempts"]
    list_filter = ["mail_state"]
    list_select_related = ["user"]
    readonly_fields = ["created_at"]
