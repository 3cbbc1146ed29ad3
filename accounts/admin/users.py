"""People and colleagues. Nothing is typed into a row: each move is a button that calls its service."""

from collections.abc import Callable
from typing import Any, ClassVar

from allauth.socialaccount.models import SocialAccount
from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm

from accounts.admin import customer_sections  # noqa: F401  registers its own
from accounts.admin.customer_page import sections_of
from accounts.admin.decisions import carry_out
from accounts.admin.filters import DayRangeFilter, JourneyFilter
from accounts.admin.lists import FoundByTerm
from accounts.admin.notes import BUTTON, Noted
from accounts.admin.pages import LookedAt, close_dialog, label, page_of, staff_of
from accounts.admin.second_factor import SecondFactorOfUser
from accounts.admin.user_access import RULES, AccessOfUser
from accounts.admin.user_forms import ColleagueForm, DetailsForm, RightsForm, WhyForm
from accounts.finding import Term, people
from accounts.models import User
from accounts.phones import written_phone
from accounts.policies import can_change_account
from accounts.services import users
from flashspace.base.errors import DomainError

MAY_CHANGE = ["accounts.change_user"]


class VerifiedFilter(admin.SimpleListFilter):
    title = "address"
    parameter_name = "address"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("verified", "Verified"), ("unproved", "Not verified")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        if self.value() not in {"verified", "unproved"}:
            return queryset
        return queryset.filter(email_verified_at__isnull=self.value() == "unproved")


@admin.register(User)
class UserAdmin(Noted, FoundByTerm, LookedAt, AccessOfUser, SecondFactorOfUser):
    """A person's page gathers what every app knows of them (accounts.admin.customer_page)."""

    empty = (
        "Nobody has an account yet. People come here when they sign up; a superuser adds colleagues by the button "
        "above."
    )
    list_display = ("shown_email", "full_name", "role", "shown_status", "shown_staff", "last_login", "created_at")
    list_filter = (
        "role",
        VerifiedFilter,
        "is_active",
        "is_staff",
        "groups",
        ("created_at", DayRangeFilter),
        JourneyFilter,
    )
    list_filter_submit = True
    search_fields = ("email", "full_name", "phone")
    search_help_text = "E-mail, phone, name or GSTIN"
    presets = (
        ("Not verified", "address=unproved"),
        ("Deactivated", "is_active__exact=0"),
        ("Owners of spaces", "role__exact=owner"),
        ("Colleagues", "is_staff__exact=1"),
    )
    ordering = ("-created_at",)
    show_full_result_count = False
    actions_list: ClassVar[list[str]] = ["add_colleague"]
    actions_detail: ClassVar[list[str]] = [
        "edit_details",
        BUTTON,
        "see_as",
        "unlock",
        "send_code",
        "send_reset_link",
        "end_sessions",
        "set_rights",
        "reset_second_factor",
        "deactivate",
        "activate",
    ]
    change_form_outer_after_template = "accounts/admin/sections.html"
    fieldsets = (
        (None, {"fields": (("email", "shown_status"), ("full_name", "role"), ("shown_phone", "phone_verified_at"))}),
        (
            "Signing in",
            {"fields": (("shown_ways", "shown_second_factor"), ("last_login", "email_verified_at"), "pending_email")},
        ),
        ("Rights", {"fields": (("is_staff", "shown_superuser"), "shown_groups")}),
        ("Since", {"fields": (("created_at", "updated_at"),)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        google = SocialAccount.objects.filter(user=OuterRef("pk"), provider="google")
        return super().get_queryset(request).annotate(has_google=Exists(google)).select_related("kyc")

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> User | None:
        """Read once a page: buttons and sections ask for the same person."""
        known: dict[str, User | None] = request.__dict__.setdefault("_people", {})
        if object_id not in known:
            known[object_id] = super().get_object(request, object_id, from_field)
            prefetch_related_objects([user for user in (known[object_id],) if user], "groups")
        return known[object_id]

    @display(description="Second step")
    def shown_second_factor(self, user: Any) -> str:
        """The theme asks a field several times a page."""
        if not hasattr(user, "told_second_factor"):
            user.told_second_factor = super().shown_second_factor(user)
        return str(user.told_second_factor)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        user = self.get_object(request, object_id)
        shown = sections_of(user, staff_of(request)) if user and self.has_view_permission(request, user) else []
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "sections": shown})

    def find(self, term: Term) -> Q:
        return people(term)

    @display(description="Status", ordering="email_verified_at")
    def shown_status(self, user: User) -> str:
        if not user.is_active:
            return label("Deactivated", "danger")
        return label("Verified", "success") if user.is_email_verified else label("Not verified", "warning")

    @display(description="E-mail", ordering="email")
    def shown_email(self, user: User) -> str:
        return user.email

    @display(description="Phone")
    def shown_phone(self, user: User) -> str:
        return written_phone(user.phone) or "–"

    @display(description="Superuser", boolean=True)
    def shown_superuser(self, user: User) -> bool:
        return user.is_superuser

    @display(description="Staff", ordering="is_staff")
    def shown_staff(self, user: User) -> str:
        if not user.is_staff:
            return "–"
        return label("Superuser", "info") if user.is_superuser else label("Staff", "info")

    @display(description="Signs in with")
    def shown_ways(self, user: Any) -> str:
        ways = [*(["password"] if user.has_usable_password() else []), *(["Google"] if user.has_google else [])]
        return ", ".join(ways).capitalize() or "–"

    @display(description="Groups")
    def shown_groups(self, user: User) -> str:
        return ", ".join(group.name for group in user.groups.all()) or "–"

    # Buttons

    def has_superuser_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return staff_of(request).is_superuser

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Only the buttons that would do something for whoever looks. The services ask again."""
        user = self.get_object(request, str(object_id))
        if user is None:
            return []
        buttons = self.allowed_buttons(super().get_actions_detail(request, object_id), staff_of(request), user)
        if not can_change_account(staff_of(request), user):
            return [one for one in buttons if one.path == BUTTON or one.path in RULES]
        pointless = {"activate" if user.is_active else "deactivate", *(["send_code"] if user.is_email_verified else [])}
        return [one for one in buttons if one.path not in pointless]

    @action(
        description="Edit",
        icon="edit",
        variant=ActionVariant.PRIMARY,
        permissions=MAY_CHANGE,
        dialog={
            "title": "Edit this person",
            "description": "What somebody is here for decides what they see. Another role signs them out everywhere.",
            "form_class": DetailsForm,
            "form_submit_text": "Save",
        },
    )
    def edit_details(self, request: HttpRequest, form: DetailsForm, object_id: str) -> HttpResponse:
        return _do(
            request,
            object_id,
            "Saved",
            users.update_details,
            **_given(form),
        )

    @action(
        description="Send a code",
        icon="mark_email_unread",
        permissions=MAY_CHANGE,
        dialog={
            "title": "Send another verification code?",
            "description": "With a link that verifies as well. Earlier codes end.",
            "form_class": BaseDialogForm,
            "form_submit_text": "Send",
        },
    )
    def send_code(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:
        return _do(request, object_id, "A code is on its way", users.send_code)

    @action(
        description="Reset link",
        icon="lock_reset",
        permissions=MAY_CHANGE,
        dialog={
            "title": "Send a link to choose a new password?",
            "description": "It works once, for half an hour. The password stays until it is used.",
            "form_class": BaseDialogForm,
            "form_submit_text": "Send",
        },
    )
    def send_reset_link(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:
        return _do(
            request,
            object_id,
            "A link is on its way",
            users.send_reset_link,
        )

    @action(
        description="Deactivate",
        icon="person_off",
        variant=ActionVariant.DANGER,
        permissions=MAY_CHANGE,
        dialog={
            "title": "Deactivate this account?",
            "description": "Nobody signs in with it any more, and all its sessions end.",
            "form_class": WhyForm,
            "form_submit_text": "Deactivate",
        },
    )
    def deactivate(self, request: HttpRequest, form: WhyForm, object_id: str) -> HttpResponse:
        return _do(
            request,
            object_id,
            "The account is deactivated",
            users.deactivate_user,
            **_given(form),
        )

    @action(
        description="Activate",
        icon="person_check",
        variant=ActionVariant.SUCCESS,
        permissions=MAY_CHANGE,
        dialog={
            "title": "Activate this account again?",
            "description": "The person may sign in as before.",
            "form_class": WhyForm,
            "form_submit_text": "Activate",
        },
    )
    def activate(self, request: HttpRequest, form: WhyForm, object_id: str) -> HttpResponse:
        return _do(
            request,
            object_id,
            "The account is active",
            users.activate_user,
            **_given(form),
        )

    @action(
        description="Rights",
        icon="shield_person",
        permissions=["superuser"],
        dialog={
            "title": "What may this person do here?",
            "description": "Groups count for staff only.",
            "form_class": RightsForm,
            "form_submit_text": "Save",
        },
    )
    def set_rights(self, request: HttpRequest, form: RightsForm, object_id: str) -> HttpResponse:
        return _do(request, object_id, "Saved", users.set_rights, **_given(form))

    @action(
        description="Add a colleague",
        icon="person_add",
        variant=ActionVariant.PRIMARY,
        permissions=["superuser"],
        dialog={
            "title": "Add a colleague",
            "description": "A staff account, verified: you vouch for the address.",
            "form_class": ColleagueForm,
            "form_submit_text": "Add",
        },
    )
    def add_colleague(self, request: HttpRequest, form: ColleagueForm) -> HttpResponse:
        try:
            user = users.add_staff(actor=staff_of(request), **_given(form))
        except DomainError as refusal:
            return close_dialog(request, reverse("admin:accounts_user_changelist"), refusal=refusal)
        return close_dialog(request, page_of(user), success=f"{user.email} is a colleague now")


def _given(form: BaseDialogForm) -> dict[str, Any]:
    return {name: value for name, value in form.cleaned_data.items() if not name.startswith("_")}


def _do(
    request: HttpRequest, user_id: str, success: str, service: Callable[..., object], **values: Any
) -> HttpResponse:
    """Run one service on a person and say what came of it."""
    user = get_object_or_404(User, pk=user_id)
    return carry_out(request, user, service, said=success, user=user, **values)
