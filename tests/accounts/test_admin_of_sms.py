"""The log of SMS in the admin: no code shows, a dead one is sent again by who may, and it is found by its number."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from accounts.enums import MailStatus
from accounts.marks import DOTS, strike_out
from accounts.models import AuditEntry, Sms
from accounts.services.sms import queue_sms
from flashspace.base.clock import now
from tests.accounts.test_admin_of_casework import button, client_of, page, press
from tests.factories.accounts import UserFactory
from tests.factories.kyc import make_reviewer

pytestmark = pytest.mark.django_db

PHONE, CODE = "+919876543210", "482913"


@pytest.fixture
def keeper():
    return make_reviewer("view_sms", "change_sms", "view_user")


@pytest.fixture
def client(keeper):
    return client_of(keeper)


@pytest.fixture
def sms():
    return queue_sms(
        to=PHONE,
        template="verify_phone",
        context={"minutes": 5},
        secrets={"code": CODE},
        user=UserFactory(email="asha@example.com", phone=PHONE),
    )


@pytest.mark.parametrize("status", MailStatus.values)
def test_its_page_shows_dots_for_the_code(client, sms, status):
    text = strike_out(sms.text) if status == MailStatus.SENT else sms.text
    Sms.objects.update(status=status, text=text)
    shown = client.get(page(sms)).content.decode()
    assert f"{DOTS} is your FlashSpace code" in shown
    assert PHONE in shown
    for secret in (CODE, "⟦", "gAAAA"):
        assert secret not in shown


def test_what_may_have_been_taken_is_said(client, sms):
    Sms.objects.update(handed_at=now(), status=MailStatus.DEAD)
    assert "it may have it, and did not say" in client.get(page(sms)).content.decode()


def test_a_dead_one_is_sent_again_by_its_button_and_written_down(client, keeper, sms):
    Sms.objects.update(status=MailStatus.DEAD, attempts=12)
    assert button(sms, "resend") in client.get(page(sms)).content.decode()
    assert press(client, sms, "resend").headers["HX-Redirect"] == page(sms)
    sms.refresh_from_db()
    assert (sms.status, sms.attempts) == (MailStatus.QUEUED, 0)
    assert AuditEntry.objects.get(action="sms.resent").actor == keeper


def test_one_whose_code_has_run_out_is_not_sent_again(client, sms):
    Sms.objects.update(status=MailStatus.DEAD, good_until=now())
    press(client, sms, "resend")
    assert "has run out" in client.get(page(sms)).content.decode()
    sms.refresh_from_db()
    assert sms.status == MailStatus.DEAD


def test_it_is_not_sent_again_without_the_permission(sms):
    looker = make_reviewer()
    looker.user_permissions.set(Permission.objects.filter(codename="view_sms"))
    assert press(client_of(looker), sms, "resend").status_code == 403


@pytest.mark.parametrize("typed", ["98765 43210", PHONE, "asha@example.com", "SM0123456789abcdef"])
def test_it_is_found_by_number_account_and_the_provider_s_name(client, sms, typed):
    Sms.objects.update(provider_id="SM0123456789abcdef")
    other = queue_sms(to="+919876500000", template="verify_phone", context={"minutes": 5}, secrets={"code": "1"})
    shown = client.get(reverse("admin:accounts_sms_changelist"), {"q": typed}).content.decode()
    assert page(sms) in shown
    assert page(other) not in shown
