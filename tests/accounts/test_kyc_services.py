"""Business data and papers: what they do to the case."""

import pytest
from django.db import connection

from accounts.enums import KYC_TRANSITIONS, DocumentStatus, DocumentType, KycStatus
from accounts.models import AuditEntry, KycDocument, KycProfile
from accounts.models.kyc import private_storage
from accounts.selectors.kyc import get_case
from accounts.services import kyc
from accounts.services.kyc import return_to_review, submit_document, update_business_info
from flashspace.base import locks
from flashspace.base.errors import Invalid
from tests.accounts.papers import A_PDF, HTML, paper
from tests.factories.accounts import UserFactory
from tests.factories.kyc import BUSINESS, make_approved_case, make_case
from tests.together import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return UserFactory(full_name="Anshu Prasad", phone="+919899223359")


def case_of(user):
    return KycProfile.objects.get(user=user)


def submit(user, type=DocumentType.PAN_CARD, **given):
    return submit_document(user=user, actor=user, type=type, **(given or {"upload": paper()}))


def test_reading_a_case_that_nobody_began_writes_nothing(user, django_assert_num_queries):
    with django_assert_num_queries(1):
        case = get_case(user)
    assert (case.profile.status, case.documents, case.progress) == (KycStatus.NOT_STARTED, [], 25)
    assert not KycProfile.objects.exists()


def test_business_info_begins_a_case(user):
    update_business_info(user=user, actor=user, **BUSINESS)
    case = case_of(user)
    assert (case.status, case.gstin, case.pan) == (KycStatus.PENDING, BUSINESS["gstin"], BUSINESS["pan"])
    assert case.submitted_at is not None


def test_business_info_keeps_what_is_not_named_and_clears_what_is_empty(user):
    update_business_info(user=user, actor=user, **BUSINESS)
    update_business_info(user=user, actor=user, cin=None, company_type="LLP")
    case = case_of(user)
    assert (case.cin, case.company_type, case.gstin) == ("", "LLP", BUSINESS["gstin"])


def test_business_info_of_the_document_warns_of_its_check_character(user):
    update_business_info(user=user, actor=user, **BUSINESS)
    assert case_of(user).warnings == ["GSTIN: the check character does not match"]


def test_business_info_with_a_pan_that_is_not_in_the_gstin_warns(user):
    update_business_info(user=user, actor=user, **{**BUSINESS, "pan": "AABCT9999F"})
    assert "PAN is not the one inside the GSTIN" in case_of(user).warnings


@pytest.mark.parametrize("field", ["gstin", "pan", "cin"])
def test_malformed_number_is_refused_and_nothing_is_written(user, field):
    with pytest.raises(Invalid) as refused:
        update_business_info(user=user, actor=user, **{field: "NOT-ONE"})
    assert refused.value.field == field
    assert not KycProfile.objects.exists()


def test_business_info_in_the_audit_log_shows_only_the_end_of_a_number(user):
    update_business_info(user=user, actor=user, **BUSINESS)
    entry = AuditEntry.objects.get(action="kyc.business_info_changed")
    assert entry.after["gstin"] == "…F1ZH"
    assert BUSINESS["pan"] not in str(entry.after)


def test_document_is_stored_under_a_random_name_in_private(user):
    document = submit(user, upload=paper("../../evil.PDF"))
    assert document.file.name.startswith(f"kyc/{document.profile_id}/")
    assert document.file.name.endswith(".pdf")
    assert "evil" not in document.file.name
    with document.file.open() as stored:
        assert stored.read() == A_PDF
    assert (document.name, document.size, document.content_type) == ("PAN Card", len(A_PDF), "application/pdf")


def test_document_of_the_same_type_supersedes_the_older(user):
    first, second = submit(user), submit(user)
    first.refresh_from_db()
    assert first.superseded_at is not None
    assert [one.pk for one in get_case(user).documents] == [second.pk]
    assert private_storage().exists(first.file.name)


def test_refused_document_leaves_neither_row_nor_file(user):
    with pytest.raises(Invalid):
        submit(user, upload=paper("card.png", HTML))
    assert not KycDocument.objects.exists()
    assert not KycProfile.objects.exists()


def test_document_whose_row_fails_leaves_no_file(user, monkeypatch):
    stored = []
    save = private_storage().save

    def remember(name, content):
        stored.append(save(name, content))
        return stored[-1]

    def fail(**given):
        raise RuntimeError

    monkeypatch.setattr(
        kyc, "private_storage", lambda: type("S", (), {"save": staticmethod(remember), "delete": DELETE})
    )
    monkeypatch.setattr(kyc.audit, "record", fail)
    with pytest.raises(RuntimeError):
        submit(user)
    assert len(stored) == 1
    assert not private_storage().exists(stored[0])


DELETE = staticmethod(lambda name: private_storage().delete(name))

CHANGES = {
    "a new document": (lambda user: submit(user, DocumentType.BANK_STATEMENT), True),
    "company": (lambda user: update_business_info(user=user, actor=user, company_name="Other Pvt Ltd"), True),
    "GSTIN": (lambda user: update_business_info(user=user, actor=user, gstin="29AABCT1234F1ZH"), True),
    "PAN": (lambda user: update_business_info(user=user, actor=user, pan="AABCT9999F"), True),
    "CIN": (lambda user: update_business_info(user=user, actor=user, cin="U78300DL2024PTC432594"), True),
    "address": (lambda user: update_business_info(user=user, actor=user, registered_address="Elsewhere"), False),
    "company type": (lambda user: update_business_info(user=user, actor=user, company_type="LLP"), False),
    "the same again": (lambda user: update_business_info(user=user, actor=user, **BUSINESS), False),
}


@pytest.mark.parametrize("what", CHANGES)
def test_change_of_an_approved_case_returns_it_to_review(what):
    user = make_approved_case().user
    change, returns = CHANGES[what]
    change(user)
    case = case_of(user)
    assert case.status == (KycStatus.PENDING if returns else KycStatus.APPROVED)
    assert (case.decided_by is None, case.decided_at is None) == (returns, returns)


@pytest.mark.parametrize("status", [KycStatus.REJECTED, KycStatus.RESUBMIT])
def test_any_change_of_a_refused_case_returns_it_to_review(status):
    case = make_case()
    KycProfile.objects.filter(pk=case.pk).update(status=status, reason="Address?")
    update_business_info(user=case.user, actor=case.user, registered_address="Elsewhere")
    case.refresh_from_db()
    assert (case.status, case.reason) == (KycStatus.PENDING, "")


def test_change_of_a_waiting_case_keeps_its_place_in_the_queue():
    case = make_case()
    submit(case.user)
    assert case_of(case.user).submitted_at == case.submitted_at


@pytest.mark.parametrize("status", KycStatus)
def test_return_to_review_is_legal_from_every_state(status):
    assert status == KycStatus.PENDING or KycStatus.PENDING in KYC_TRANSITIONS[status]
    case = make_case()
    case.status = status
    return_to_review(case)
    assert case.status == KycStatus.PENDING


PROGRESS = [
    ((), 50),
    ((DocumentType.PAN_CARD,), 63),
    ((DocumentType.PAN_CARD, DocumentType.GST_CERTIFICATE), 77),
    ((DocumentType.PAN_CARD, DocumentType.GST_CERTIFICATE, DocumentType.ADDRESS_PROOF), 90),
    ((DocumentType.AADHAAR_CARD, DocumentType.COI, DocumentType.BANK_STATEMENT), 50),
]


@pytest.mark.parametrize(("types", "percent"), PROGRESS)
def test_progress_counts_three_papers(user, types, percent):
    update_business_info(user=user, actor=user, **BUSINESS)
    for type_ in types:
        submit(user, type_)
    assert get_case(user).progress == percent


def test_progress_of_a_refused_paper_is_none(user):
    document = submit(user)
    KycDocument.objects.filter(pk=document.pk).update(status=DocumentStatus.REJECTED)
    assert get_case(user).progress == 25


def test_progress_of_an_approved_case_is_a_hundred_with_all_papers(user):
    make_case(*PROGRESS[3][0], user=user)
    KycProfile.objects.update(status=KycStatus.APPROVED)
    assert get_case(user).progress == 100


def test_progress_without_a_phone_lacks_the_personal_part():
    assert get_case(UserFactory(phone="")).progress == 0


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_uploads_at_once_leave_one_current_document(race_rounds):
    for _ in range(race_rounds):
        user = UserFactory()
        answers = together(8, lambda _, user=user: submit(user))
        assert all(isinstance(answer, KycDocument) for answer in answers), answers
        assert KycDocument.objects.filter(profile__user=user, superseded_at__isnull=True).count() == 1
        assert KycDocument.objects.filter(profile__user=user).count() == 8


@pytest.mark.race
@pytest.mark.skipif(connection.vendor != "postgresql", reason="on SQLite a write transaction is the lock")
@pytest.mark.django_db(transaction=True)
def test_uploads_at_once_without_the_lock_are_refused_by_the_constraint(monkeypatch):
    """The control: the row lock is what makes them wait for one another."""
    monkeypatch.setattr(locks, "ENABLED", False)
    user = UserFactory()
    submit(user)
    answers = together(8, lambda _: submit(user))
    assert any(isinstance(answer, Exception) for answer in answers)
