"""Consultants: who waits for approval, and the two buttons that decide."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.decorators import display

from accounts.admin.decisions import APPROVE, REJECT, Look, PickReasonForm, carry_out, decision
from accounts.admin.filters import DayRangeFilter
from accounts.admin.pages import Casework, LookedAt, NoteForm, label, link_to, page_of, staff_of, when
from accounts.admin.queues import EVERYTHING, Queue, Tab, TabFilter, waiting_label
from accounts.phones import written_phone
from consultants.enums import APPROVAL_TRANSITIONS, Approval
from consultants.models import Consultant
from consultants.policies import can_review
from consultants.services.approval import approve_consultant, reject_consultant

MAY_REVIEW = ["consultants.review_consultant"]
MOVES: dict[str, Look] = {Approval.APPROVED: APPROVE, Approval.REJECTED: REJECT}
COLOURS: dict[str, str] = {
    Approval.PENDING: "warning",
    Approval.APPROVED: "success",
    Approval.REJECTED: "danger",
}
NEWEST_FIRST = ("-created_at", "pk")


def _is(approval: Approval) -> Callable[[Any], Q]:
    return lambda _user: Q(approval=approval)


class ApprovalTab(TabFilter):
    tabs = (
        Tab(
            "waiting",
            "Waiting",
            _is(Approval.PENDING),
            ("created_at", "pk"),
            "Nobody waits. The next one comes when a consultant signs up.",
        ),
        Tab(
            "approved",
            "Approved",
            _is(Approval.APPROVED),
            (F("approved_at").desc(nulls_last=True), "pk"),
            "No consultant is approved yet.",
        ),
        Tab("rejected", "Rejected", _is(Approval.REJECTED), NEWEST_FIRST, "No consultant is rejected."),
        Tab(EVERYTHING, "All", lambda _user: Q(), NEWEST_FIRST, "No consultant yet: nobody has signed up as one."),
    )


class RejectForm(PickReasonForm):
    reasons = (
        "We could not confirm your credentials. Please answer this mail with a proof of them.",
        "We do not offer consultations in this field at present.",
        "The name on the account is not a person's or a firm's name.",
    )


@admin.register(Consultant)
class ConsultantAdmin(Casework, Queue, LookedAt, ModelAdmin):
    tab_filter = ApprovalTab
    list_display = ("shown_person", "slug", "shown_approval", "shown_verified", "shown_complete", "shown_waiting")
    list_display_links = ("shown_person",)
    list_filter = (ApprovalTab, "approval", "is_active", ("created_at", DayRangeFilter))
    list_filter_submit = True
    list_select_related = ("user",)
    list_per_page = 50
    search_fields = ("=slug", "=user__email", "user__full_name")
    show_full_result_count = False
    actions_detail: ClassVar[list[str]] = ["approve", "reject"]
    fieldsets = (
        (None, {"fields": ("shown_account", "slug", "shown_phone", "shown_verified", "created_at")}),
        ("Approval", {"fields": ("shown_approval", "is_active", "shown_decision", "rejection_reason")}),
        (
            "Profile",
            {
                "fields": (
                    "shown_complete",
                    "personal_session_title",
                    "personal_session_price",
                    "description",
                    "subscription_plan",
                    "subscription_expires_at",
                )
            },
        ),
    )
    readonly_fields = (
        "shown_account",
        "shown_phone",
        "shown_verified",
        "created_at",
        "shown_approval",
        "shown_decision",
        "shown_complete",
    )

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Buttons for who may press them now. The services ask again."""
        found = self.get_object(request, str(object_id))
        if found is None or not can_review(staff_of(request), found):
            return []
        names = {MOVES[wanted].key for wanted in APPROVAL_TRANSITIONS[found.approval]}
        return [one for one in super().get_actions_detail(request, object_id) if one.path in names]

    # Columns and fields

    @display(description="Person", ordering="user__full_name", header=True)
    def shown_person(self, consultant: Consultant) -> tuple[str, str]:
        return str(consultant.user), consultant.user.email

    @display(description="Account")
    def shown_account(self, consultant: Consultant) -> str:
        return link_to(consultant.user, f"{consultant.user} ({consultant.user.email})")

    @display(description="Phone")
    def shown_phone(self, consultant: Consultant) -> str:
        number = consultant.phone_number
        return written_phone(f"{consultant.phone_country_code}{number}") if number else "–"

    @display(description="Approval", ordering="approval")
    def shown_approval(self, consultant: Consultant) -> str:
        return label(consultant.get_approval_display(), COLOURS.get(consultant.approval, ""))

    @display(description="Decided")
    def shown_decision(self, consultant: Consultant) -> str:
        if consultant.approved_at is None:
            return "–"
        by = link_to(consultant.approved_by) if consultant.approved_by else "somebody who left"
        return format_html("Approved on {} by {}", when(consultant.approved_at), by)

    @display(description="E-mail")
    def shown_verified(self, consultant: Consultant) -> str:
        return label("Verified", "success") if consultant.user.is_email_verified else label("Not verified")

    @display(description="Profile")
    def shown_complete(self, consultant: Consultant) -> str:
        return label("Complete", "success") if consultant.is_profile_complete else label("Not complete")

    @display(description="Waiting", ordering="created_at")
    def shown_waiting(self, consultant: Consultant) -> str:
        return waiting_label(consultant.created_at if consultant.approval == Approval.PENDING else None)

    # Buttons

    @decision(
        APPROVE,
        permissions=MAY_REVIEW,
        title="Approve this consultant?",
        explains="The dashboard opens at once, and the person gets a mail.",
        form=NoteForm,
    )
    def approve(self, request: HttpRequest, form: NoteForm, object_id: str) -> HttpResponse:
        return _decide(request, form, object_id, approve_consultant, "is approved")

    @decision(
        REJECT,
        permissions=MAY_REVIEW,
        title="Reject this consultant?",
        explains="The consultant's profile is closed at once, and the person gets a mail with the reason.",
        form=RejectForm,
    )
    def reject(self, request: HttpRequest, form: RejectForm, object_id: str) -> HttpResponse:
        return _decide(request, form, object_id, reject_consultant, "is rejected")


def _decide(
    request: HttpRequest, form: Any, object_id: str, move: Callable[..., Consultant], said: str
) -> HttpResponse:
    found = get_object_or_404(Consultant.objects.select_related("user"), pk=object_id)
    return carry_out(
        request,
        found,
        move,
        said=format_html('<a class="underline" href="{}">{}</a> {}.', page_of(found), found, said),
        consultant=found,
        reason=form.cleaned_data["reason"],
    )
