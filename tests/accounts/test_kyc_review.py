import pytest

from accounts.enums import DOCUMENT_TRANSITIONS, KYC_TRANSITIONS, DocumentStatus, DocumentType, KycStatus
from accounts.exceptions import CaseChanged, CaseClosed, CaseIncomplete, DocumentUnknown, OwnCase, ReasonMissing
from accounts.models import AuditEntry, KycDocument, KycProfile, Mail, Notification, User
from accounts.selectors.kyc_review import edition_of
from accounts.services import kyc_review
from accounts.services.kyc import submit_document, update_business_info
from accounts.services.kyc_review import (
    NobodyActsError,
    approve_case,
    ask_again,
    decide_document,
    register_decided,
    reject_case,
)
from flashspace.base.errors import Forbidden, IllegalTransition
from tests.accounts.papers import paper
from tests.factories.accounts import StaffFactory
from tests.factories.kyc import make_case, make_reviewer

pytestmark = pytest.mark.django_db

PAN, GST = DocumentType.PAN_CARD, DocumentType.GST_CERTIFICATE
MOVES = {
    KycStatus.APPROVED: approve_case,
    KycStatus.REJECTED: reject_case,
    KycStatus.RESUBMIT: ask_again,
}


@pytest.fixture
def reviewer():
    return make_reviewer()


@pytest.fixture
def case():
    return make_case()


def document_of(case, type_=PAN):
    return case.documents.get(type=type_, superseded_at=None)


def statuses(case):
    return set(case.documents.filter(superseded_at=None).values_list("type", "status"))


def test_approval_decides_the_papers_that_wait_and_is_written_down(case, reviewer):
    approve_case(case=case, actor=reviewer, reason="All there")
    case.refresh_from_db()
    assert (case.status, case.decided_by) == (KycStatus.APPROVED, reviewer)
    assert statuses(case) == {(PAN, DocumentStatus.APPROVED), (GST, DocumentStatus.APPROVED)}
    entry = AuditEntry.objects.get(action="kyc.approved")
    assert (entry.actor, entry.reason) == (reviewer, "All there")
    assert (case.reason, Notification.objects.get(user=case.user).message) == ("", "")
    assert "All there" not in Mail.objects.get(to=case.user.email).text
    assert (entry.before, entry.after) == ({"status": "pending"}, {"status": "approved"})
    assert AuditEntry.objects.filter(action="kyc.document_approved").count() == 2
    assert Notification.objects.get(user=case.user).kind == "kyc.approved"
    mail = Mail.objects.get(to=case.user.email)
    assert (mail.template, mail.dedupe_key) == ("kyc_approved", f"kyc:{entry.pk}")


@pytest.mark.parametrize(("move", "template"), [(reject_case, "kyc_rejected"), (ask_again, "kyc_resubmit")])
def test_refusal_tells_the_person_why(case, reviewer, move, template):
    move(case=case, actor=reviewer, reason="The PAN card is blurred")
    case.refresh_from_db()
    assert case.reason == "The PAN card is blurred"
    mail = Mail.objects.get(to=case.user.email)
    assert mail.template == template
    assert "The PAN card is blurred" in mail.text
    assert Notification.objects.get(user=case.user).message == "The PAN card is blurred"


def test_ask_again_names_the_papers_that_were_refused(case, reviewer):
    decide_document(document=document_of(case), status=DocumentStatus.RESUBMIT, actor=reviewer, reason="Blurred")
    ask_again(case=case, actor=reviewer, reason="One more thing")
    assert "- PAN Card: Blurred" in Mail.objects.get().text


@pytest.mark.parametrize("move", [reject_case, ask_again])
@pytest.mark.parametrize("reason", ["", "  \n"])
def test_refusal_without_a_reason_is_refused(case, reviewer, move, reason):
    with pytest.raises(ReasonMissing):
        move(case=case, actor=reviewer, reason=reason)


@pytest.mark.parametrize("wanted", MOVES)
@pytest.mark.parametrize("current", KycStatus)
def test_every_move_follows_the_table(case, reviewer, current, wanted):
    KycProfile.objects.filter(pk=case.pk).update(status=current)
    move = MOVES[wanted]
    if wanted in KYC_TRANSITIONS[current]:
        assert move(case=case, actor=reviewer, reason="Because").status == wanted
    else:
        with pytest.raises(IllegalTransition):
            move(case=case, actor=reviewer, reason="Because")
        case.refresh_from_db()
        assert case.status == current
        assert not Mail.objects.exists()


@pytest.mark.parametrize("wanted", DocumentStatus)
@pytest.mark.parametrize("current", DocumentStatus)
def test_every_decision_of_a_paper_follows_the_table(case, reviewer, current, wanted):
    KycDocument.objects.update(status=current)
    given = {"document": document_of(case), "status": wanted, "actor": reviewer, "reason": "Because"}
    if wanted in DOCUMENT_TRANSITIONS[current]:
        assert decide_document(**given).status == wanted
    else:
        with pytest.raises(IllegalTransition):
            decide_document(**given)


def test_empty_case_cannot_be_approved(reviewer):
    case = make_case(GST)
    with pytest.raises(CaseIncomplete):
        approve_case(case=case, actor=reviewer)
    assert not AuditEntry.objects.filter(action="kyc.approved").exists()


@pytest.mark.parametrize("status", [DocumentStatus.REJECTED, DocumentStatus.RESUBMIT])
def test_case_with_a_refused_pan_card_cannot_be_approved(case, reviewer, status):
    decide_document(document=document_of(case), status=status, actor=reviewer, reason="Blurred")
    with pytest.raises(CaseIncomplete):
        approve_case(case=case, actor=reviewer)


def test_refused_paper_beside_the_pan_card_stays_refused_when_the_case_is_approved(case, reviewer):
    decide_document(document=document_of(case, GST), status=DocumentStatus.REJECTED, actor=reviewer, reason="Old")
    approve_case(case=case, actor=reviewer)
    assert statuses(case) == {(PAN, DocumentStatus.APPROVED), (GST, DocumentStatus.REJECTED)}


def every_decision(case, actor):
    yield lambda: approve_case(case=case, actor=actor)
    yield lambda: reject_case(case=case, actor=actor, reason="Because")
    yield lambda: ask_again(case=case, actor=actor, reason="Because")
    yield lambda: decide_document(document=document_of(case), status=DocumentStatus.APPROVED, actor=actor)


def test_nobody_decides_his_own_case():
    reviewer = User.objects.create_superuser("chief@example.com", full_name="Chief")
    for decide in every_decision(make_case(user=reviewer), reviewer):
        with pytest.raises(OwnCase):
            decide()


@pytest.mark.parametrize("change", [{}, {"is_active": False}, {"is_staff": False}])
def test_nobody_decides_without_the_permission(case, change):
    actor = make_reviewer() if change else StaffFactory()
    User.objects.filter(pk=actor.pk).update(**change)
    for decide in every_decision(case, User.objects.get(pk=actor.pk)):
        with pytest.raises(Forbidden):
            decide()
    case.refresh_from_db()
    assert case.status == KycStatus.PENDING


def test_note_with_an_approved_paper_stays_with_colleagues(case, reviewer):
    decide_document(
        document=document_of(case), status=DocumentStatus.APPROVED, actor=reviewer, reason="Seen the original"
    )
    assert document_of(case).reason == ""
    assert AuditEntry.objects.get(action="kyc.document_approved").reason == "Seen the original"


def test_paper_of_a_decided_case_is_not_decided_any_more(case, reviewer):
    approve_case(case=case, actor=reviewer)
    with pytest.raises(CaseClosed):
        decide_document(document=document_of(case), status=DocumentStatus.REJECTED, actor=reviewer, reason="Old")


def test_paper_that_was_superseded_is_not_decided_any_more(case, reviewer):
    old = document_of(case)
    submit_document(user=case.user, actor=case.user, type=PAN, upload=paper())
    with pytest.raises(DocumentUnknown):
        decide_document(document=old, status=DocumentStatus.APPROVED, actor=reviewer)


def test_approval_calls_who_registered_inside_its_transaction(case, reviewer, monkeypatch):
    monkeypatch.setattr(kyc_review, "_handlers", [])
    called = []
    handler = lambda **given: called.append((given, KycProfile.objects.get().status))  # noqa: E731
    register_decided(handler)
    register_decided(handler)
    approve_case(case=case, actor=reviewer)
    assert called == [({"user": case.user, "actor": reviewer}, KycStatus.APPROVED)]


def test_approval_that_a_handler_refuses_did_not_happen(case, reviewer, monkeypatch):
    def fail(**given):
        raise RuntimeError

    monkeypatch.setattr(kyc_review, "_handlers", [fail])
    with pytest.raises(RuntimeError):
        approve_case(case=case, actor=reviewer)
    case.refresh_from_db()
    assert case.status == KycStatus.PENDING
    assert not Mail.objects.exists()
    assert not AuditEntry.objects.filter(action="kyc.approved").exists()


def test_approval_that_nobody_acts_on_raises(case, reviewer, monkeypatch):
    monkeypatch.setattr(kyc_review, "_handlers", [])
    with pytest.raises(NobodyActsError):
        approve_case(case=case, actor=reviewer)


def hand_in_another_paper(case):
    submit_document(user=case.user, actor=case.user, type=DocumentType.ADDRESS_PROOF, upload=paper())


def correct_the_pan(case):
    update_business_info(user=case.user, actor=case.user, pan="AAPFU0939F")


@pytest.mark.parametrize("change", [hand_in_another_paper, correct_the_pan])
@pytest.mark.parametrize("move", MOVES.values())
def test_decision_about_what_is_not_there_any_more_is_refused(case, reviewer, move, change):
    seen = edition_of(case)
    change(case)
    with pytest.raises(CaseChanged):
        move(case=case, actor=reviewer, reason="Because", seen=seen)
    case.refresh_from_db()
    assert case.status == KycStatus.PENDING
    assert not case.documents.exclude(status=DocumentStatus.PENDING).exists()
    assert not Mail.objects.filter(template__startswith="kyc_").exists()
    assert move(case=case, actor=reviewer, reason="Because", seen=edition_of(case)).status != KycStatus.PENDING


def test_what_colleagues_decide_of_papers_makes_no_other_edition(case, reviewer):
    seen = edition_of(case)
    decide_document(document=document_of(case, GST), status=DocumentStatus.APPROVED, actor=reviewer)
    assert approve_case(case=case, actor=reviewer, seen=seen).status == KycStatus.APPROVED
