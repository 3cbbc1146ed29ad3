"""Each rule by one row that breaks it, and nothing but it."""

import os
import time
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile

from accounts.enums import DocumentStatus, DocumentType, KycStatus, MailStatus
from accounts.marks import mark
from accounts.models import KycDocument, KycProfile, Mail, Sms
from accounts.models.kyc import private_storage
from accounts.services import sms_delivery
from accounts.services.delivery import deliver
from accounts.services.kyc_files import find_orphans, remove_orphans
from accounts.services.kyc_review import ask_again, decide_document, reject_case
from accounts.services.sms import queue_sms
from flashspace.base.clock import now
from flashspace.management.commands.check_integrity import load_rules
from tests.factories.accounts import UserFactory
from tests.factories.kyc import make_approved_case, make_case, make_reviewer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def case():
    """Cases in every state, their mails sent; the approved one is what tests break."""
    reviewer = make_reviewer()
    make_case()
    reject_case(case=make_case(), actor=reviewer, reason="Because")
    waiting = make_case()
    paper = waiting.documents.get(type=DocumentType.PAN_CARD)
    decide_document(document=paper, status=DocumentStatus.RESUBMIT, actor=reviewer, reason="Because")
    ask_again(case=waiting, actor=reviewer, reason="Because")
    KycProfile.objects.create(user=UserFactory())
    approved = make_approved_case()
    for mail in Mail.objects.all():
        deliver(mail.pk, now())
    sms = queue_sms(to="+919876543210", template="verify_phone", context={"minutes": 5}, secrets={"code": "482913"})
    sms_delivery.deliver(sms.pk, now())
    return approved


def broken():
    return {rule.id for rule in load_rules() if rule.find().violations}


def test_nothing_is_broken_by_what_services_do():
    assert broken() == set()


CASES = {
    "approved without a PAN card": lambda case: papers(case).filter(type="pan_card").update(status="rejected"),
    "approved before a paper": lambda case: papers(case).filter(type="gst_certificate").update(status="pending"),
    "papers and never began": lambda case: of(case).update(status=KycStatus.NOT_STARTED),
    "waits since nobody knows when": lambda case: of(case).update(status=KycStatus.PENDING, submitted_at=None),
    "decided by nobody": lambda case: of(case).update(decided_by=None),
    "decided by its own person": lambda case: of(case).update(decided_by=case.user_id),
    "decided without a trace": lambda case: of(case).update(status=KycStatus.REJECTED),
    "paper decided by its own person": lambda case: papers(case).update(decided_by=case.user_id),
}


def of(case):
    return KycProfile.objects.filter(pk=case.pk)


def papers(case):
    return KycDocument.objects.filter(profile=case)


@pytest.mark.parametrize("what", CASES)
def test_case_that_does_not_follow_from_its_papers_is_found(case, what):
    CASES[what](case)
    assert broken() == {"I-K1"}


def test_paper_that_is_approved_without_a_hash_is_found(case):
    papers(case).update(sha256="")
    assert broken() == {"I-K1", "I-K2"}  # it is not what was handed in, either


def test_paper_decided_without_a_trace_is_found(case):
    papers(case).filter(type="gst_certificate").update(status=DocumentStatus.REJECTED)
    assert broken() == {"I-K1"}


@pytest.mark.parametrize("damage", ["gone", "other bytes", "other size"])
def test_damaged_paper_is_found(case, damage):
    paper = papers(case).first()
    if damage == "gone":
        private_storage().delete(paper.file.name)
    elif damage == "other bytes":
        private_storage().delete(paper.file.name)
        private_storage().save(paper.file.name, ContentFile(b"%PDF-other"))
    else:
        papers(case).filter(pk=paper.pk).update(size=1)
    assert broken() == {"I-K2"}


def test_private_files_in_a_public_place_are_found(settings):
    settings.MEDIA_ROOT = private_storage().location
    assert broken() == {"I-K2"}


def test_file_without_a_row_is_found_after_a_day_and_removed():
    name = private_storage().save("kyc/lost/paper.pdf", ContentFile(b"%PDF-lost"))
    assert list(find_orphans(now())) == []
    day_ago = time.time() - timedelta(hours=25).total_seconds()
    os.utime(private_storage().path(name), (day_ago, day_ago))
    assert broken() == {"I-K2"}
    assert remove_orphans(now()) == 1
    assert broken() == set()


MAILS = {
    "overdue": {"status": MailStatus.QUEUED, "due_at": now() - timedelta(minutes=11)},
    "tried too often": {"attempts": 13},
    "sent nobody knows when": {"sent_at": None},
    "sent with a secret": {"text": f"Your code is {mark('482913')}"},
    "sent with a secret in HTML": {"html": f"<p>{mark('482913')}</p>"},
    "in no state": {"status": "lost"},
}


@pytest.mark.parametrize("what", MAILS)
def test_mail_that_is_stuck_or_tells_a_secret_is_found(what):
    Mail.objects.filter(pk=Mail.objects.first().pk).update(**MAILS[what])
    assert broken() == {"I-O1"}


SMS = {name: MAILS[name] for name in MAILS if "HTML" not in name} | {"sent by nobody": {"handed_at": None}}


@pytest.mark.parametrize("what", SMS)
def test_sms_that_is_stuck_tells_a_secret_or_was_never_handed_over_is_found(what):
    assert Sms.objects.update(**SMS[what]) == 1
    assert broken() == {"I-O3"}


def test_decision_without_its_mail_is_found():
    Mail.objects.filter(template="kyc_approved").delete()
    assert broken() == {"I-O2"}
