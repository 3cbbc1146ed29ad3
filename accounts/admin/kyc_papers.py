"""The papers of a case: opening one leaves an audit entry; each is decided by itself while the case waits."""

from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm

from accounts.admin.pages import LookedAt, NoteForm, ReasonForm, close_dialog, label, link_to, page_of, staff_of
from accounts.downloads import hand_out
from accounts.enums import DOCUMENT_TRANSITIONS, DocumentStatus, DocumentType, KycStatus
from accounts.exceptions import DocumentGone, DocumentUnknown
from accounts.models import KycDocument, KycProfile, User
from accounts.policies import can_open_document, can_review_case
from accounts.selectors.kyc import list_case_history
from accounts.services.kyc_files import open_document
from accounts.services.kyc_review import decide_document
from accounts.services.uploads import PICTURES
from flashspace.base.errors import DomainError

COLOURS = {
    DocumentStatus.PENDING: "warning",
    DocumentStatus.APPROVED: "success",
    DocumentStatus.REJECTED: "danger",
    DocumentStatus.RESUBMIT: "info",
}
BUTTONS = {
    DocumentStatus.APPROVED: ("approve", "Approve"),
    DocumentStatus.RESUBMIT: ("ask_again", "Ask again"),
    DocumentStatus.REJECTED: ("reject", "Reject"),
}
MAY_REVIEW = ["accounts.review_kyc"]


@admin.register(KycDocument)
class KycDocumentAdmin(LookedAt, ModelAdmin):
    list_display = ("name", "shown_case", "type", "shown_status", "uploaded_at", "is_current")
    list_filter = ("status", "type", "uploaded_at")
    list_select_related = ("profile__user",)
    search_fields = ("profile__user__email", "profile__company_name")
    ordering = ("-uploaded_at",)
    show_full_result_count = False
    actions_detail: ClassVar[list[str]] = ["approve", "ask_again", "reject"]
    fields = (
        ("shown_case", "shown_status"),
        ("name", "type"),
        ("uploaded_at", "superseded_at"),
        ("content_type", "size"),
        "sha256",
        "file_url",
        ("decided_at", "decided_by"),
        "reason",
    )

    @display(description="Case")
    def shown_case(self, document: KycDocument) -> str:
        return link_to(document.profile, document.profile.company_name or str(document.profile))

    @display(description="Status", ordering="status")
    def shown_status(self, document: KycDocument) -> str:
        return label(document.get_status_display(), COLOURS[DocumentStatus(document.status)])

    @display(description="Current", boolean=True)
    def is_current(self, document: KycDocument) -> bool:
        return document.superseded_at is None

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        document = self.get_object(request, str(object_id))
        if document is None:
            return []
        names = {name for name, _, _ in decisions(document, staff_of(request))}
        every = super().get_actions_detail(request, object_id)
        return [one for one in every if one.path in names]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.open_file)
        return [path("<uuid:object_id>/file", view, name="accounts_kycdocument_file"), *super().get_urls()]

    def open_file(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        try:
            return hand_out(open_document(document_id=object_id, viewer=staff_of(request)), in_our_page=True)
        except DocumentUnknown:
            raise Http404 from None
        except DocumentGone as gone:
            messages.error(request, gone.message)
            return HttpResponseRedirect(reverse("admin:accounts_kycdocument_change", args=[object_id]))

    @action(
        description="Approve",
        icon="check_circle",
        variant=ActionVariant.SUCCESS,
        permissions=MAY_REVIEW,
        dialog={"title": "Approve this paper?", "form_class": NoteForm, "form_submit_text": "Approve"},
    )
    def approve(self, request: HttpRequest, form: NoteForm, object_id: str) -> HttpResponse:
        return _decide(request, form, object_id, DocumentStatus.APPROVED)

    @action(
        description="Ask again",
        icon="replay",
        variant=ActionVariant.WARNING,
        permissions=MAY_REVIEW,
        dialog={
            "title": "Ask for this paper again?",
            "description": "The person hears of it when you ask again for the case.",
            "form_class": ReasonForm,
            "form_submit_text": "Ask again",
        },
    )
    def ask_again(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        return _decide(request, form, object_id, DocumentStatus.RESUBMIT)

    @action(
        description="Reject",
        icon="block",
        variant=ActionVariant.DANGER,
        permissions=MAY_REVIEW,
        dialog={
            "title": "Reject this paper?",
            "description": "The person hears of it when the case is decided.",
            "form_class": ReasonForm,
            "form_submit_text": "Reject",
        },
    )
    def reject(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        return _decide(request, form, object_id, DocumentStatus.REJECTED)


def _decide(request: HttpRequest, form: BaseDialogForm, object_id: str, status: DocumentStatus) -> HttpResponse:
    document = get_object_or_404(KycDocument.objects.select_related("profile"), pk=object_id)
    url = page_of(document.profile)
    try:
        decide_document(document=document, status=status, actor=staff_of(request), reason=form.cleaned_data["reason"])
    except DomainError as refusal:
        return close_dialog(request, url, refusal=refusal)
    return close_dialog(request, url, success=f"{document.name}: {status.label.lower()}")


def decisions(document: KycDocument, user: User) -> list[tuple[str, str, str]]:
    """Name, label and address of the buttons that this person may press now. `document.profile` is loaded."""
    case = document.profile
    is_open = case.status == KycStatus.PENDING and document.superseded_at is None
    if not is_open or not can_review_case(user, case):
        return []
    wanted = [status for status in BUTTONS if status in DOCUMENT_TRANSITIONS[document.status]]
    names = [BUTTONS[status] for status in wanted]
    return [(name, label, reverse(f"admin:accounts_kycdocument_{name}", args=[document.pk])) for name, label in names]


def case_page(case: KycProfile, user: User) -> dict[str, Any]:
    """What the template of a case shows beside its fields."""
    order = list(DocumentType)
    documents = sorted(case.documents.order_by("-uploaded_at"), key=lambda one: order.index(DocumentType(one.type)))
    for document in documents:
        document.profile = case
    papers = [_paper(document, user) for document in documents]
    return {
        "papers": [paper for paper in papers if paper["document"].superseded_at is None],
        "older_papers": [paper for paper in papers if paper["document"].superseded_at is not None],
        "history": list_case_history(case),
    }


def _paper(document: KycDocument, user: User) -> dict[str, Any]:
    may_open = bool(document.file) and can_open_document(user, document)
    return {
        "document": document,
        "colour": COLOURS[DocumentStatus(document.status)],
        "file_url": reverse("admin:accounts_kycdocument_file", args=[document.pk]) if may_open else "",
        "is_picture": document.content_type in PICTURES,
        "decisions": decisions(document, user),
    }
