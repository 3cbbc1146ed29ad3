"""What the page of one KYC case shows: who it is, what is odd, the papers, what waits for it, what happened."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse

from accounts.admin.kyc_sections import sections_of
from accounts.admin.masks import shown_identity, shown_text
from accounts.admin.pages import account_page, link_to, page_of, staff_of, when
from accounts.admin.queues import waiting_label
from accounts.enums import DOCUMENT_TRANSITIONS, DocumentStatus, DocumentType, KycStatus
from accounts.models import KycDocument, KycProfile, User
from accounts.phones import written_phone
from accounts.policies import can_open_document, can_review_case
from accounts.selectors.kyc import list_case_history, progress_of
from accounts.selectors.kyc_review import list_namesakes, list_warnings
from accounts.services.uploads import PICTURES

COLOURS = {
    KycStatus.PENDING: "warning",
    KycStatus.APPROVED: "success",
    KycStatus.REJECTED: "danger",
    KycStatus.RESUBMIT: "info",
}
PAPER_COLOURS = {
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
WORDS = {
    "kyc.approved": "Case approved",
    "kyc.rejected": "Case rejected",
    "kyc.asked_again": "Asked again",
    "kyc.business_info_changed": "Business data entered or changed",
    "kyc.document_uploaded": "Paper handed in",
    "kyc.document_opened": "Paper opened",
    "kyc.document_approved": "Paper approved",
    "kyc.document_rejected": "Paper rejected",
    "kyc.document_resubmit": "Paper asked for again",
}
DECISIONS = ("kyc.approved", "kyc.rejected", "kyc.asked_again")


class Fact(NamedTuple):
    label: str
    value: str
    url: str = ""


class Event(NamedTuple):
    at: Any
    what: str
    by: str
    by_url: str
    about: str
    reason: str
    url: str
    is_decision: bool


def case_page(case: KycProfile, request: HttpRequest) -> dict[str, Any]:
    """The context of `kyc_case.html`. `case.user` is loaded."""
    viewer = staff_of(request)
    papers = list_papers(case, viewer)
    may_see_accounts = viewer.has_perm("accounts.view_user")
    return {
        "case": case,
        "decider": link_to(case.decided_by) if case.decided_by else "somebody who left",
        "case_colour": COLOURS.get(KycStatus(case.status), ""),
        "case_waits": waiting_label(case.submitted_at) if case.status == KycStatus.PENDING else "",
        "person": _person(case, page_of(case.user) if may_see_accounts else ""),
        "business": _business(case, viewer),
        "warnings": list_warnings(case),
        "namesakes": [(str(other), page_of(other), what) for other, what in list_namesakes(case)],
        "sections": sections_of(case.user, viewer),
        "papers": papers,
        "events": list(_events(case, viewer)),
        "told": shown_text(viewer, case.reason),
        "progress": progress_of(case.user, case, [paper["document"] for paper in papers]),
        "next_url": reverse("admin:accounts_kycprofile_next", args=[case.pk]),
        "chosen_paper": request.GET.get("paper", ""),
    }


def _person(case: KycProfile, url: str) -> list[Fact]:
    user = case.user
    checked = "verified" if user.is_email_verified else "not verified"
    return [
        Fact("Account", user.full_name or user.email, url),
        Fact("E-mail", f"{user.email} ({checked})"),
        Fact("Phone", written_phone(user.phone or user.phone_typed) or "–"),
        Fact("Is here as", user.get_role_display()),
        Fact("Since", when(user.created_at)),
    ]


def _business(case: KycProfile, viewer: User) -> list[Fact]:
    return [
        Fact("Company", case.company_name or "–"),
        Fact("Type", case.company_type or "–"),
        Fact("PAN", shown_identity(viewer, case.pan) or "–"),
        Fact("GSTIN", shown_identity(viewer, case.gstin) or "–"),
        Fact("CIN", case.cin or "–"),
        Fact("Address", case.registered_address or "–"),
    ]


def _events(case: KycProfile, viewer: User) -> Iterable[Event]:
    may_look = viewer.has_perm("accounts.view_auditentry")
    for entry in list_case_history(case):
        is_paper = entry.target_type == KycDocument._meta.label_lower
        yield Event(
            entry.at,
            WORDS.get(entry.action, entry.action),
            entry.actor_email or "the system",
            account_page(entry.actor_id),
            shown_text(viewer, entry.target_label) if is_paper else "",
            shown_text(viewer, entry.reason),
            page_of(entry) if may_look else "",
            entry.action in DECISIONS,
        )


def list_papers(case: KycProfile, viewer: User) -> list[dict[str, Any]]:
    """The current papers in the order of their types, each with its earlier versions."""
    order = list(DocumentType)
    documents = sorted(case.documents.order_by("-uploaded_at"), key=lambda one: order.index(DocumentType(one.type)))
    for document in documents:
        document.profile = case
    shown = [_paper(document, viewer) for document in documents]
    current = [paper for paper in shown if paper["document"].superseded_at is None]
    for paper in current:
        kind = paper["document"].type
        paper["earlier"] = [one for one in shown if one["document"].type == kind and one is not paper]
    return current


def _paper(document: KycDocument, viewer: User) -> dict[str, Any]:
    may_open = bool(document.file) and can_open_document(viewer, document)
    return {
        "document": document,
        "name": shown_text(viewer, document.name),
        "reason": shown_text(viewer, document.reason),
        "reference": shown_text(viewer, document.file_url),
        "colour": PAPER_COLOURS[DocumentStatus(document.status)],
        "file_url": reverse("admin:accounts_kycdocument_file", args=[document.pk]) if may_open else "",
        "kind": "picture" if document.content_type in PICTURES else "page",
        "decisions": decisions(document, viewer),
    }


def decisions(document: KycDocument, user: User) -> list[tuple[str, str, str]]:
    """Name, label and address of the buttons that this person may press now. `document.profile` is loaded."""
    case = document.profile
    is_open = case.status == KycStatus.PENDING and document.superseded_at is None
    if not is_open or not can_review_case(user, case):
        return []
    wanted = [status for status in BUTTONS if status in DOCUMENT_TRANSITIONS[document.status]]
    names = [BUTTONS[status] for status in wanted]
    return [(name, label, reverse(f"admin:accounts_kycdocument_{name}", args=[document.pk])) for name, label in names]
