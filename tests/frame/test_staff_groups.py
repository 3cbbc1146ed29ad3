"""What each group may do in the admin, asked of every page and every button there is. A new one needs its word here."""

from typing import Any
from uuid import uuid4

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.services.audit_seals import seal_audit
from accounts.services.mail import queue_mail
from accounts.services.notify import notify
from billing.enums import PaymentStatus, RefundCause
from billing.models import Payment, Refund
from bookings.enums import BookingStatus
from flashspace.base.clock import now
from listings.services.spaces import update_space
from tests.factories.accounts import UserFactory, sign_in_as
from tests.factories.bookings import make_booking, make_space
from tests.factories.consultants import make_consultant
from tests.factories.kyc import make_case
from tests.factories.listings import SpaceFactory
from tests.factories.staff import make_member

pytestmark = pytest.mark.django_db

MAY: dict[str, dict[str, str]] = {
    "Support": {
        "accounts.invitation": "view",
        "accounts.mail": "view resend",
        "accounts.membership": "view",
        "accounts.notification": "view",
        "accounts.organization": "view",
        "accounts.organizationrole": "view",
        "accounts.otpchallenge": "view",
        "accounts.session": "view end",
        "accounts.sms": "view resend",
        "accounts.staffnote": "view",
        "accounts.supportview": "view",
        "accounts.user": "view activate add_note deactivate edit_details end_sessions see_as send_code send_reset_link "
        "unlock",
        "billing.invoice": "view open_pdf",
        "billing.payment": "view",
        "billing.refund": "view",
        "bookings.booking": "view add_note cancel issue_papers",
        "bookings.bookingdocument": "view",
        "bookings.timelineentry": "view",
        "listings.space": "view",
    },
    "KYC": {
        "accounts.kycdocument": "view approve ask_again reject",
        "accounts.kycprofile": "view approve ask_again reject",
        "accounts.notification": "view",
        "accounts.staffnote": "view",
        "accounts.user": "view add_note",
        "bookings.booking": "view add_note",
        "bookings.timelineentry": "view",
    },
    "Finance": {
        "accounts.organization": "view give_package",
        "accounts.staffnote": "view",
        "accounts.user": "view add_note",
        "billing.gatewayevent": "view close",
        "billing.invoice": "view open_pdf",
        "billing.numberseries": "view",
        "billing.payment": "view",
        "billing.refund": "view mark_paid",
        "billing.sellerentity": "view add change",
        "bookings.booking": "view add_note",
        "bookings.timelineentry": "view",
    },
    "Content": {
        "listings.space": "view add change approve reconsider reject restore take_off",
        "listings.spacerevision": "view approve reject",
    },
    "Operators": {
        "account.emailaddress": "view",
        "accounts.auditentry": "view",
        "accounts.auditseal": "view",
        "accounts.backupcode": "view",
        "accounts.budget": "view",
        "accounts.idempotencykey": "view",
        "accounts.invitation": "view",
        "accounts.mail": "view resend",
        "accounts.membership": "view",
        "accounts.notification": "view",
        "accounts.onetimetoken": "view",
        "accounts.organization": "view",
        "accounts.organizationrole": "view",
        "accounts.otpchallenge": "view",
        "accounts.session": "view end",
        "accounts.sms": "view resend",
        "accounts.supportview": "view",
        "accounts.totpsetup": "view",
        "accounts.user": "view end_sessions unlock",
        "auth.group": "view",
        "consultants.consultant": "view approve reject",
        "mfa.authenticator": "view",
        "socialaccount.socialaccount": "view",
    },
}
REFUSED = 403


@pytest.fixture(autouse=True)
def _rows(db):
    """A row of what the buttons are on."""
    person = UserFactory()
    make_case()
    make_consultant(person)
    make_booking(BookingStatus.ACTIVE, customer=person, space=make_space())
    paid = Payment.objects.filter(status=PaymentStatus.COMPLETED).first()
    Refund.objects.create(payment=paid, amount=paid.amount, cause=RefundCause.SURPLUS)
    space = SpaceFactory(owner=UserFactory(role="owner"))
    update_space(space=space, values={"area": "Powai"}, actor=space.owner)
    queue_mail(to=person.email, template="kyc_approved", context={"name": "A"})
    notify(user=person, kind="test", title="For one person")
    sign_in_as(person)
    seal_audit(at=now())


@pytest.mark.parametrize("group", MAY)
def test_group_may_do_this_and_nothing_else(group):
    client = Client(raise_request_exception=False)
    client.force_login(make_member(group))
    found = {page.opts.label_lower: what_may(client, page) for page in admin.site._registry.values()}
    assert {label: words for label, words in found.items() if words} == MAY[group]


def test_staff_in_no_group_may_do_nothing():
    client = Client(raise_request_exception=False)
    client.force_login(make_member("Support", email="nobody@example.com"))
    User.objects.get(email="nobody@example.com").groups.clear()
    assert [page for page in admin.site._registry.values() if what_may(client, page)] == []


def what_may(client: Client, page: Any) -> str:
    """What this client is not refused: `view`, `add`, `change`, `delete` and the names of buttons."""
    row = row_of(page.model)
    words = [
        word
        for word, method, name, given in (
            ("view", "get", "changelist", None),
            ("view", "get", "change", row),
            ("add", "get", "add", None),
            ("add", "post", "add", None),
            ("change", "post", "change", row),
            ("delete", "get", "delete", row),
            ("delete", "post", "delete", row),
        )
        if asked(client, page, method, name, given) != REFUSED
    ]
    for both in ("view", "add", "delete"):
        assert words.count(both) in {0, 2}, f"{page}: {both} by one way only"
    return " ".join([*dict.fromkeys(words), *buttons(client, page, row)])


def buttons(client: Client, page: Any, row: Any) -> list[str]:
    of_a_row = [
        *page._get_base_actions_detail(),
        *page._get_base_actions_row(),
        *page._get_base_actions_submit_line(),
    ]
    names = [(one.path, None) for one in page._get_base_actions_list()]
    names += [(one.path, row) for one in of_a_row]
    return sorted({name for name, given in names if pressed(client, page, name, given)})


def pressed(client: Client, page: Any, name: str, row: Any) -> bool:
    """Looked at and pressed; who is refused the one is refused the other."""
    answers = {asked(client, page, method, name, row) == REFUSED for method in ("get", "post")}
    assert len(answers) == 1, f"{page}: {name} is refused in one way only"
    return answers == {False}


def asked(client: Client, page: Any, method: str, name: str, row: Any) -> int:
    url = reverse(f"admin:{page.opts.app_label}_{page.opts.model_name}_{name}", args=[] if row is None else [row])
    data = {"_form_submitted": "on", "reason": "Asked for"} if method == "post" else None
    status = getattr(client, method)(url, data).status_code
    assert status < 500, url
    return int(status)


def row_of(model: type[Model]) -> Any:
    """One that is there, if there is one: who may see none is refused either way."""
    rows = model._default_manager.all()
    row = rows.filter(is_staff=False).first() if model is User else rows.first()
    return row.pk if row else uuid4()
