from itertools import product
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry, Notification
from billing.enums import REFUND_TRANSITIONS, RefundCause, RefundStatus
from billing.exceptions import BillableLapsed, RefundUnknown
from billing.models import Refund
from billing.services.payments import verify_payment
from billing.services.refunds import TEMPLATES, mark_refund_paid
from flashspace.base.errors import IllegalTransition, Invalid
from flashspace.base.transitions import check_transition
from tests.factories.accounts import StaffFactory
from tests.factories.billing import Things, make_payment

pytestmark = pytest.mark.django_db


@pytest.fixture
def refund(things: Things) -> Refund:
    payment = make_payment()
    things.gone.add(payment.invoice.source_id)
    with pytest.raises(BillableLapsed):
        verify_payment(payment_id=payment.pk, transaction_id=payment.transaction_id, proof={}, actor=payment.user)
    return Refund.objects.get()


def test_staff_mark_a_refund_paid_back_with_its_transfer(refund: Refund) -> None:
    staff = StaffFactory()
    mark_refund_paid(refund_id=refund.pk, reference=" UTR 123 ", actor=staff)
    refund.refresh_from_db()
    assert (refund.status, refund.reference, refund.paid_at is None) == (RefundStatus.PAID, "UTR 123", False)
    entry = AuditEntry.objects.get(action="refund.paid")
    assert (entry.actor, entry.target_id, entry.after) == (
        staff,
        str(refund.pk),
        {"status": "paid", "reference": "UTR 123"},
    )
    assert Notification.objects.filter(user=refund.payment.user, kind="refund.paid").count() == 1


def test_a_refund_is_paid_back_once(refund: Refund) -> None:
    staff = StaffFactory()
    mark_refund_paid(refund_id=refund.pk, reference="UTR 123", actor=staff)
    with pytest.raises(IllegalTransition):
        mark_refund_paid(refund_id=refund.pk, reference="UTR 124", actor=staff)
    refund.refresh_from_db()
    assert refund.reference == "UTR 123"


@pytest.mark.parametrize("reference", ["", "   "])
def test_without_a_transfer_nothing_was_paid_back(refund: Refund, reference: str) -> None:
    with pytest.raises(Invalid):
        mark_refund_paid(refund_id=refund.pk, reference=reference, actor=StaffFactory())
    refund.refresh_from_db()
    assert refund.status == RefundStatus.OWED


def test_an_unknown_refund_is_an_error() -> None:
    with pytest.raises(RefundUnknown):
        mark_refund_paid(refund_id=uuid4(), reference="UTR", actor=StaffFactory())


@pytest.mark.parametrize(("current", "wanted"), list(product(RefundStatus, RefundStatus)))
def test_the_table_lets_owed_become_paid_and_nothing_else(current: RefundStatus, wanted: RefundStatus) -> None:
    if (current, wanted) == (RefundStatus.OWED, RefundStatus.PAID):
        check_transition(REFUND_TRANSITIONS, thing="refund", current=current, wanted=wanted)
    else:
        with pytest.raises(IllegalTransition):
            check_transition(REFUND_TRANSITIONS, thing="refund", current=current, wanted=wanted)


def test_every_cause_has_its_mail() -> None:
    assert set(TEMPLATES) == set(RefundCause)


def test_the_database_wants_a_proof_of_what_was_paid_back(refund: Refund) -> None:
    with transaction.atomic(), pytest.raises(IntegrityError, match="refund_paid_is_proven"):
        Refund.objects.filter(pk=refund.pk).update(status=RefundStatus.PAID)
