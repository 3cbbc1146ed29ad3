"""KYC: the queue, and the buttons that decide a case. What its page shows is in `kyc_case`."""

from collections.abc import Callable
from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Count, F, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.forms import BaseDialogForm

from accounts.admin.decisions import APPROVE, ASK_AGAIN, REJECT, PickReasonForm, carry_out, decision, who_decided
from accounts.admin.filters import DayRangeFilter
from accounts.admin.kyc_case import COLOURS, case_page
from accounts.admin.lists import FoundByTerm
from accounts.admin.masks import SearchedByIdentity
from accounts.admin.pages import Casework, LookedAt, NoteForm, label, page_of, staff_of
from accounts.admin.queues import EVERYTHING, Queue, Tab, TabFilter, mine, waiting_label
from accounts.enums import KycStatus
from accounts.finding import Term, cases
from accounts.models import KycProfile
from accounts.policies import can_review_case
from accounts.selectors.kyc_review import edition_of, next_waiting
from accounts.services.kyc_review import approve_case, ask_again, reject_case
from flashspace.base.errors import DomainError, IllegalTransition

MAY_REVIEW = ["accounts.review_kyc"]
WAITING_FIRST = Case(When(status=KycStatus.PENDING, then=Value(0)), default=Value(1)).asc()
LONGEST_FIRST = ("submitted_at", "pk")
LATEST_FIRST = (F("decided_at").desc(nulls_last=True), "pk")
QUEUE = "admin:accounts_kycprofile_changelist"


def _is(status: KycStatus) -> Callable[[Any], Q]:
    return lambda _user: Q(status=status)


class CaseTab(TabFilter):
    tabs = (
        Tab(
            "waiting",
            "Waiting",
            _is(KycStatus.PENDING),
            LONGEST_FIRST,
            "No case waits. The next one comes when somebody hands in a paper.",
        ),
        Tab(
            "asked",
            "Asked again",
            _is(KycStatus.RESUBMIT),
            LATEST_FIRST,
            "Nobody owes us a paper. Whoever is asked again stays here until something new comes in.",
        ),
        Tab("approved", "Approved", _is(KycStatus.APPROVED), LATEST_FIRST, "No case is approved yet."),
        Tab("rejected", "Rejected", _is(KycStatus.REJECTED), LATEST_FIRST, "No case is rejected."),
        Tab("mine", "Mine, last 7 days", mine, LATEST_FIRST, "You decided no case in the last seven days."),
        Tab(
            EVERYTHING,
            "All",
            lambda _user: Q(),
            (WAITING_FIRST, *LONGEST_FIRST),
            "No case yet. One begins when a person enters business data or hands in a paper.",
        ),
    )


class AskCaseForm(PickReasonForm):
    reasons = (
        "Please send the papers that are marked, and we will look again at once.",
        "Please complete your business data: company, type and PAN.",
        "The registered address is not the one on the address proof. Please correct it or send a newer proof.",
        "The GST certificate is missing. Please send the first page with the GSTIN and the address.",
    )


class RejectCaseForm(PickReasonForm):
    reasons = (
        "The PAN belongs to another person or firm than the one named.",
        "The papers were altered.",
        "The business named is not one that we may give an address to.",
        "The same numbers are in use on another account.",
    )


@admin.register(KycProfile)
class KycProfileAdmin(FoundByTerm, SearchedByIdentity, Casework, Queue, LookedAt, ModelAdmin):
    tab_filter = CaseTab
    list_display = ("shown_person", "company_name", "shown_status", "shown_waiting", "shown_papers", "shown_warnings")
    list_display_links = ("shown_person",)
    list_filter = (CaseTab, "status", ("submitted_at", DayRangeFilter), ("decided_at", DayRangeFilter))
    list_filter_submit = True
    list_select_related = ("user",)
    list_per_page = 50
    search_fields = ("user__email", "user__full_name", "company_name", "=cin")
    identity_search_fields = ("=gstin", "=pan")
    is_gstin_secret = True
    show_full_result_count = False
    actions_detail: ClassVar[list[str]] = ["approve", "ask_again", "reject"]
    change_form_outer_after_template = "accounts/admin/kyc_case.html"

    def find(self, term: Term) -> Q:
        return cases(term)

    def get_queryset(self, request: HttpRequest) -> QuerySet[KycProfile]:
        current = Count("documents", filter=Q(documents__superseded_at__isnull=True))
        return super().get_queryset(request).annotate(paper_count=current)

    def get_fieldsets(self, request: HttpRequest, obj: KycProfile | None = None) -> Any:
        """None: the template shows person, business and papers side by side."""
        return []

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.show_next)
        return [path("<uuid:object_id>/next", view, name="accounts_kycprofile_next"), *super().get_urls()]

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Buttons for who may press them now. The services ask again."""
        case = self.get_object(request, str(object_id))
        may = case is not None and case.status == KycStatus.PENDING and can_review_case(staff_of(request), case)
        return super().get_actions_detail(request, object_id) if may else []

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        case = self.get_object(request, object_id)
        context = case_page(case, request) if case and self.has_view_permission(request, case) else {}
        answer = super().change_view(request, object_id, form_url, {**(extra_context or {}), **context})
        if case is not None and isinstance(answer, TemplateResponse):
            _remember_what_is_shown(answer, case)
        return answer

    def show_next(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        """The case behind this one in the queue."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        case = get_object_or_404(KycProfile, pk=object_id)
        return HttpResponseRedirect(_address_of(request, next_waiting(staff_of(request), after=case)))

    # Columns

    @display(description="Person", ordering="user__full_name", header=True)
    def shown_person(self, case: KycProfile) -> tuple[str, str]:
        return str(case.user), case.user.email

    @display(description="Status", ordering="status")
    def shown_status(self, case: KycProfile) -> str:
        return label(case.get_status_display(), COLOURS.get(KycStatus(case.status), ""))

    @display(description="Waiting", ordering="submitted_at")
    def shown_waiting(self, case: KycProfile) -> str:
        return waiting_label(case.submitted_at if case.status == KycStatus.PENDING else None)

    @display(description="Papers", ordering="paper_count")
    def shown_papers(self, case: KycProfile) -> int:
        return case.paper_count  # type: ignore[attr-defined]  # annotated above

    @display(description="Look twice")
    def shown_warnings(self, case: KycProfile) -> str:
        return label(str(len(case.warnings)), "warning") if case.warnings else ""

    # Buttons

    @decision(
        APPROVE,
        permissions=MAY_REVIEW,
        title="Approve this case?",
        explains="Papers that wait are approved with it, and paid bookings become active at once.",
        form=NoteForm,
    )
    def approve(self, request: HttpRequest, form: NoteForm, object_id: str) -> HttpResponse:
        return _decide(request, form, object_id, approve_case, "is approved")

    @decision(
        ASK_AGAIN,
        permissions=MAY_REVIEW,
        title="Ask for something more?",
        explains="The person gets a mail with the reason and the papers that were refused.",
        form=AskCaseForm,
    )
    def ask_again(self, request: HttpRequest, form: AskCaseForm, object_id: str) -> HttpResponse:
        return _decide(request, form, object_id, ask_again, "waits for the person")

    @decision(
        REJECT,
        permissions=MAY_REVIEW,
        title="Reject this case?",
        explains="The person gets a mail with the reason and may hand in other papers.",
        form=RejectCaseForm,
    )
    def reject(self, request: HttpRequest, form: RejectCaseForm, object_id: str) -> HttpResponse:
        return _decide(request, form, object_id, reject_case, "is rejected")


def _remember_what_is_shown(answer: TemplateResponse, case: KycProfile) -> None:
    """In the addresses of the buttons: their dialogs open later, when there may be other papers."""
    query = urlencode({"seen": edition_of(case)})
    for button in (answer.context_data or {}).get("actions_detail", ()):
        button["path"] += f"?{query}"


def _decide(
    request: HttpRequest, form: BaseDialogForm, object_id: str, move: Callable[..., KycProfile], said: str
) -> HttpResponse:
    case = get_object_or_404(KycProfile.objects.select_related("user"), pk=object_id)

    def too_late(refusal: DomainError) -> str:
        return (who_decided(KycProfile, case.pk) if isinstance(refusal, IllegalTransition) else "") or refusal.message

    return carry_out(
        request,
        case,
        move,
        said=format_html('{} {}. <a class="underline" href="{}">Back to it</a>', case, said, page_of(case)),
        then=lambda: _address_of(request, next_waiting(staff_of(request))),
        refused=too_late,
        case=case,
        reason=form.cleaned_data["reason"],
        seen=request.GET.get("seen", ""),
    )


def _address_of(request: HttpRequest, case: KycProfile | None) -> str:
    if case is not None:
        return page_of(case)
    messages.info(request, "No other case waits for you.")
    return reverse(QUEUE)
