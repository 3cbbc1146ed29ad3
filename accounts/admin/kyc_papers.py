"""The papers of a case: opening one leaves an audit entry; each is decided by itself while the case waits."""

from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.forms import BaseDialogForm

from accounts.admin.decisions import APPROVE, ASK_AGAIN, REJECT, PickReasonForm, carry_out, decision, who_decided
from accounts.admin.kyc_case import PAPER_COLOURS, decisions, list_papers
from accounts.admin.masks import Viewed, shown_text, shown_to_viewer
from accounts.admin.pages import Casework, LookedAt, NoteForm, label, link_to, page_of, staff_of
from accounts.admin.queues import QueuePaginator
from accounts.downloads import hand_out
from accounts.enums import DocumentStatus
from accounts.exceptions import CaseClosed, DocumentGone, DocumentUnknown
from accounts.models import KycDocument, KycProfile
from accounts.services.kyc_files import open_document
from accounts.services.kyc_review import decide_document
from flashspace.base.errors import DomainError, IllegalTransition

MAY_REVIEW = ["accounts.review_kyc"]


class AskPaperForm(PickReasonForm):
    reasons = (
        "It cannot be read. Please send a sharper picture, with all four corners in it.",
        "A part is missing. Please send every page.",
        "It is out of date. Please send one that is not older than three months.",
        "It is another paper than the one asked for.",
        "The name on it is not the one of this account. Please send the right one, or say how they belong together.",
    )


class RejectPaperForm(PickReasonForm):
    reasons = (
        "It was altered.",
        "It belongs to somebody else.",
        "The number on it is not the one that was entered.",
        "It is a specimen or a picture of a screen.",
    )


@admin.register(KycDocument)
class KycDocumentAdmin(Viewed, Casework, LookedAt, ModelAdmin):
    empty = "No paper was handed in yet. One comes here when a customer hands it in for KYC."
    list_display = ("shown_name", "shown_case", "type", "shown_status", "uploaded_at", "is_current")
    list_filter = ("status", "type", "uploaded_at")
    list_select_related = ("profile__user",)
    search_fields = ("profile__user__email", "profile__company_name")
    ordering = ("-uploaded_at",)
    paginator = QueuePaginator
    show_full_result_count = False
    actions_detail: ClassVar[list[str]] = ["approve", "ask_again", "reject"]
    fields = (
        ("shown_case", "shown_status"),
        ("shown_name", "type"),
        ("uploaded_at", "superseded_at"),
        ("content_type", "size"),
        "sha256",
        "shown_reference",
        ("decided_at", "decided_by"),
        "shown_reason",
    )

    @display(description="Name", ordering="name")
    def shown_name(self, document: KycDocument) -> str:
        return shown_to_viewer(document, document.name)

    @display(description="Reference")
    def shown_reference(self, document: KycDocument) -> str:
        return shown_to_viewer(document, document.file_url) or "–"

    @display(description="Reason")
    def shown_reason(self, document: KycDocument) -> str:
        return shown_to_viewer(document, document.reason) or "–"

    @display(description="Case")
    def shown_case(self, document: KycDocument) -> str:
        return link_to(document.profile, document.profile.company_name or str(document.profile))

    @display(description="Status", ordering="status")
    def shown_status(self, document: KycDocument) -> str:
        return label(document.get_status_display(), PAPER_COLOURS[DocumentStatus(document.status)])

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

    @decision(APPROVE, permissions=MAY_REVIEW, title="Approve this paper?", form=NoteForm)
    def approve(self, request: HttpRequest, form: NoteForm, object_id: str) -> HttpResponse:
        return _decide(request, form, object_id, DocumentStatus.APPROVED)

    @decision(
        ASK_AGAIN,
        permissions=MAY_REVIEW,
        title="Ask for this paper again?",
        explains="The person hears of it when you ask again for the case.",
        form=AskPaperForm,
    )
    def ask_again(self, request: HttpRequest, form: AskPaperForm, object_id: str) -> HttpResponse:
        return _decide(request, form, object_id, DocumentStatus.RESUBMIT)

    @decision(
        REJECT,
        permissions=MAY_REVIEW,
        title="Reject this paper?",
        explains="The person hears of it when the case is decided.",
        form=RejectPaperForm,
    )
    def reject(self, request: HttpRequest, form: RejectPaperForm, object_id: str) -> HttpResponse:
        return _decide(request, form, object_id, DocumentStatus.REJECTED)


def _decide(request: HttpRequest, form: BaseDialogForm, object_id: str, status: DocumentStatus) -> HttpResponse:
    document = get_object_or_404(KycDocument.objects.select_related("profile__user"), pk=object_id)
    case = document.profile

    def too_late(refusal: DomainError) -> str:
        decided = {CaseClosed: (KycProfile, case.pk), IllegalTransition: (KycDocument, document.pk)}.get(type(refusal))
        return (who_decided(*decided) if decided else "") or refusal.message

    return carry_out(
        request,
        case,
        decide_document,
        said=f"{shown_text(request, document.name)}: {status.label.lower()}",
        then=lambda: _address_after(request, document),
        refused=too_late,
        document=document,
        status=status,
        reason=form.cleaned_data["reason"],
    )


def _address_after(request: HttpRequest, decided: KycDocument) -> str:
    """The case, with the next paper open that nobody has decided; with none when all are."""
    case = decided.profile
    papers = [paper["document"] for paper in list_papers(case, staff_of(request))]
    place = next((at for at, paper in enumerate(papers) if paper.pk == decided.pk), 0)
    waiting = [paper for paper in papers[place:] + papers[:place] if paper.status == DocumentStatus.PENDING]
    return f"{page_of(case)}?{urlencode({'paper': waiting[0].pk})}" if waiting else page_of(case)
