"""Failed events of gateways are closed by a person, with a reason."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry
from billing.enums import EventOutcome
from billing.exceptions import EventNotOpen
from billing.models import GatewayEvent
from billing.services.closing import close_event
from flashspace.base.errors import Forbidden, Invalid
from tests.factories.accounts import StaffFactory
from tests.factories.rows import make_row

pytestmark = pytest.mark.django_db


def failed() -> GatewayEvent:
    event: GatewayEvent = make_row(GatewayEvent, outcome=EventOutcome.FAILED, note="No payment of ours")
    return event


def financier():
    user = StaffFactory()
    user.user_permissions.set(Permission.objects.filter(codename__in=["close_event", "view_gatewayevent"]))
    return user


def test_a_failed_event_is_closed_once_with_its_reason_and_an_audit_entry() -> None:
    event, actor = failed(), financier()
    closed = close_event(event_id=event.pk, reason=" Paid back by bank, UTR 42 ", actor=actor)

    assert (closed.closed_by, closed.close_reason, closed.outcome) == (
        actor,
        "Paid back by bank, UTR 42",
        EventOutcome.FAILED,
    )
    entry = AuditEntry.objects.get(action="gateway_event.closed")
    assert (entry.actor, entry.target_id, entry.reason) == (actor, str(event.pk), "Paid back by bank, UTR 42")
    with pytest.raises(EventNotOpen):
        close_event(event_id=event.pk, reason="Again", actor=actor)


def test_an_event_that_was_applied_needs_nobody() -> None:
    event = make_row(GatewayEvent, outcome=EventOutcome.APPLIED)
    with pytest.raises(EventNotOpen):
        close_event(event_id=event.pk, reason="x", actor=financier())


def test_closing_needs_the_permission_and_a_reason() -> None:
    event = failed()
    with pytest.raises(Forbidden):
        close_event(event_id=event.pk, reason="x", actor=StaffFactory())
    with pytest.raises(Invalid):
        close_event(event_id=event.pk, reason="  ", actor=financier())
    event.refresh_from_db()
    assert event.closed_at is None


def test_the_button_closes_and_the_list_of_what_needs_a_person_is_shorter() -> None:
    event, client = failed(), Client()
    client.force_login(financier())
    url = reverse("admin:billing_gatewayevent_changelist")
    assert str(event.pk) in client.get(url, {"work": "open"}).content.decode()
    client.post(
        reverse("admin:billing_gatewayevent_close", args=[event.pk]), {"_form_submitted": "on", "reason": "Seen"}
    )
    assert str(event.pk) not in client.get(url, {"work": "open"}).content.decode()
    assert str(event.pk) in client.get(url, {"work": "closed"}).content.decode()
