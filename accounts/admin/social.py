"""Models of libraries, in this admin's dress. What we have no use for, or what holds secrets, is not shown."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.models import Group
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.decorators import display

from accounts.admin.pages import LookedAt, staff_of
from accounts.services import audit
from flashspace.base.lookups import DeclaredLookups

for _model in (EmailAddress, Group, SocialAccount, SocialApp, SocialToken):
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)


@admin.register(SocialAccount)
class SocialAccountAdmin(LookedAt, ModelAdmin):
    empty = "Nobody signs in with Google yet. An account comes here with its first sign-in by Google."
    list_display = ("user", "provider", "uid", "date_joined", "last_login")
    list_display_links = ("user",)
    list_filter = ("provider",)
    list_select_related = ("user",)
    search_fields = ("user__email", "=uid")
    ordering = ("-date_joined",)
    show_full_result_count = False
    fields = (("user", "provider"), "uid", ("date_joined", "last_login"))


@admin.register(EmailAddress)
class EmailAddressAdmin(LookedAt, ModelAdmin):
    """allauth's own table. An account's verified address is on the person's page."""

    empty = (
        "Nothing needs to be here: this is the sign-in library's own list. A person's address is on their page, under "
        "People."
    )
    list_display = ("email", "user", "verified", "primary")
    list_select_related = ("user",)
    search_fields = ("email",)
    show_full_result_count = False


@admin.register(Group)
class GroupAdmin(DeclaredLookups, DjangoGroupAdmin, ModelAdmin):
    """What staff may do. Only a superuser changes it, and the audit log is told."""

    empty = (
        "There are no groups. manage.py migrate makes those of support, KYC, finance, content and operators; others "
        "are added here."
    )
    list_display = ("name", "shown_permissions", "shown_people")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        counts = {"permission_count": Count("permissions", distinct=True), "people_count": Count("user", distinct=True)}
        return super().get_queryset(request).annotate(**counts)

    @display(description="Permissions", ordering="permission_count")
    def shown_permissions(self, group: Any) -> int:
        return int(group.permission_count)

    @display(description="People", ordering="people_count")
    def shown_people(self, group: Any) -> int:
        return int(group.people_count)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return staff_of(request).is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return staff_of(request).is_superuser

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return staff_of(request).is_superuser

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        before = _permissions(form.instance)
        super().save_related(request, form, formsets, change)
        after = _permissions(form.instance)
        audit.record(action="group.saved", actor=staff_of(request), target=form.instance, before=before, after=after)

    def delete_model(self, request: HttpRequest, obj: Group) -> None:
        audit.record(action="group.deleted", actor=staff_of(request), target=obj, before=_permissions(obj))
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Group]) -> None:
        for group in queryset:
            self.delete_model(request, group)


def _permissions(group: Group) -> dict[str, Any]:
    return {"permissions": sorted(group.permissions.values_list("codename", flat=True))}
