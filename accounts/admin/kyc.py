"""KYC: the queue, a case with its papers, and the buttons that decide."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Case, Count, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timesince import timesince
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm

from accounts.admin.filters import DayRangeFilter
from accounts.admin.kyc_papers import case_page
from accounts.admin.pages import LookedAt, NoteForm, ReasonForm, close_dialog, label, link_to, page_of, staff_of
from accounts.enums import KycStatus
from accounts.models import KycProfile
from accounts.policies import can_review_case
from accounts.selectors.kyc import progress_of
from accounts.services.kyc_review import approve_case, ask_again, reject_case
from flashspace.base.clock import now
from flashspace.base.errors import DomainError

COLOURS = {
    KycStatus.PENDING: "warning",
    KycStatus.APPROVED: "success",
    KycStatus.REJECTED: "danger",
    KycStatus.RESUBMIT: "info",
}
MAY_REVIEW = ["accounts.review_kyc"]
WAITING_FIRST = Case(When(status=KycStatus.PENDING, then=Value(0)), default=Value(1)).asc()


@admin.register(KycProfile)
class KycProfileAdmin(LookedAt, ModelAdmin):
    list_display = ("shown_person", "company_name", "shown_status", "shown_waiting", "shown_papers", "shown_warnings")
    list_display_links = ("shown_person",)
    list_filter = ("status", ("submitted_at", DayRangeFilter), ("decided_at", DayRangeFilter))
    list_filter_submit = True
    list_select_related = ("user",)
    search_fields = ("user__email", "user__full_name", "company_name", "=gstin", "=pan", "=cin")
    show_full_result_count = False
    actions_detail: ClassVar[list[str]] = ["approve", "ask_again", "reject"]
    change_form_outer_before_template = "accounts/admin/kyc_warnings.html"
    change_form_outer_after_template = "accounts/admin/kyc_case.html"
    fieldsets = (
        (
            "Person",
            {"fields": (("shown_user", "shown_phone"), ("shown_status", "shown_progress"), "reason")},
        ),
        (
            "Business",
            {
                "fields": (
                    ("company_name", "company_type"),
                    ("gstin", "pan"),
                    ("cin", "registered_address"),
                )
            },
        ),
        ("Review", {"fields": ("submitted_at", ("decided_at", "decided_by"))}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[KycProfile]:
        current = Count("documents", filter=Q(documents__superseded_at__isnull=True))
        return super().get_queryset(request).annotate(paper_count=current)

    def get_ordering(self, request: HttpRequest) -> tuple[Any, ...]:
        """A queue: who has waited longest comes first."""
        return (WAITING_FIRST, "submitted_at", "pk")

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Buttons for who may press them now. The services ask again."""
        case = self.get_object(request, str(object_id))
        may = case is not None and case.status == KycStatus.PENDING and can_review_case(staff_of(request), case)
        return super().get_actions_detail(request, object_id) if may else []

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        case = self.get_object(request, object_id)
        context = case_page(case, staff_of(request)) if case and self.has_view_permission(request, case) else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **context})

    # Columns and fields

    @display(description="Person", ordering="user__full_name", header=True)
    def shown_person(self, case: KycProfile) -> tuple[str, str]:
        return str(case.user), case.user.email

    @display(description="Status", ordering="status")
    def shown_status(self, case: KycProfile) -> str:
        return label(case.get_status_display(), COLOURS.get(KycStatus(case.status), ""))

    @display(description="Waiting", ordering="submitted_at")
    def shown_waiting(self, case: KycProfile) -> str:
        if case.status != KycStatus.PENDING or case.submitted_at is None:
            return "–"
        return timesince(case.submitted_at, now(), depth=1)

    @display(description="Papers", ordering="paper_count")
    def shown_papers(self, case: KycProfile) -> int:
        return case.paper_count  # type: ignore[attr-defined]  # annotated above

    @display(description="Look twice")
    def shown_warnings(self, case: KycProfile) -> str:
        return label(str(len(case.warnings)), "warning") if case.warnings else ""

    @display(description="Account")
    def shown_user(self, case: KycProfile) -> str:
        return link_to(case.user, f"{case.user} ({case.user.email})")

    @display(description="Phone")
    def shown_phone(self, case: KycProfile) -> str:
        return case.user.phone_typed or case.user.phone or "–"

    @display(description="Progress")
    def shown_progress(self, case: KycProfile) -> str:
        documents = case.documents.filter(superseded_at__isnull=True)
        return f"{progress_of(case.user, case, documents)} %"

    # Buttons

    @action(
        description="Approve",
        icon="check_circle",
        variant=ActionVariant.SUCCESS,
        permissions=MAY_REVIEW,
        dialog={
            "title": "Approve this case?",
            "description": "Papers that wait are approved with it, and paid bookings become active at once.",
            "form_class": NoteForm,
            "form_submit_text": "Approve",
        },
    )
    def approve(self, request: HttpRequest, form: NoteForm, object_id: str) -> HttpResponse:
        return self._decide(request, form, object_id, approve_case, "is approved")

    @action(
        description="Ask again",
        icon="replay",
        variant=ActionVariant.WARNING,
        permissions=MAY_REVIEW,
        dialog={
            "title": "Ask for something more?",
            "description": "The person gets a mail with the reason and the papers that were refused.",
            "form_class": ReasonForm,
            "form_submit_text": "Ask again",
        },
    )
    def ask_again(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        return self._decide(request, form, object_id, ask_again, "waits for the person")

    @action(
        description="Reject",
        icon="block",
        variant=ActionVariant.DANGER,
        permissions=MAY_REVIEW,
        dialog={
            "title": "Reject this case?",
            "description": "The person gets a mail with the reason and may hand in other papers.",
            "form_class": ReasonForm,
            "form_submit_text": "Reject",
        },
    )
    def reject(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        return self._decide(request, form, object_id, reject_case, "is rejected")

    def _decide(
        self, request: HttpRequest, form: BaseDialogForm, object_id: str, move: Callable[..., KycProfile], said: str
    ) -> HttpResponse:
        case = get_object_or_404(KycProfile.objects.select_related("user"), pk=object_id)
        try:
            move(case=case, actor=staff_of(request), reason=form.cleaned_data["reason"])
        except DomainError as refusal:
            return close_dialog(request, page_of(case), refusal=refusal)
        return close_dialog(request, page_of(case), success=f"{case} {said}")
