"""Whatever row a page names, it leads there."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import models
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, KycProfile, Notification, StaffNote, User
from accounts.services import audit
from billing.models import Invoice, Refund
from bookings.models import Booking
from flashspace.base.clock import now
from listings.models import Space, SpaceRevision
from tests.desk.test_lists_stay_quick import every_list, name_of
from tests.factories.accounts import StaffFactory
from tests.factories.rows import make_row
from tests.pages import Text, texts_of

pytestmark = pytest.mark.django_db

ID = re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b")
# What only looks like an id of a row: a gateway's word for word, the browser's key of a request, and what a gateway,
# a provider or a client calls it.
NO_ROWS = {"accounts.IdempotencyKey": {"key"}, "billing.GatewayEvent": {"event_id", "reference", "payload"}}


def page_of(row: models.Model) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def texts_on(client: Client, row: models.Model) -> list[Text]:
    answer = client.get(page_of(row))
    assert answer.status_code == 200
    return list(texts_of(answer.content.decode(), "#main"))


def parents_of(row: models.Model) -> Iterator[tuple[str, Any]]:
    for field in row._meta.concrete_fields:
        if field.is_relation and admin.site.is_registered(field.related_model) and getattr(row, field.attname):
            yield field.name, getattr(row, field.name)


def make_linked(model: Any) -> Any:
    """Decided, and billed, for who decided and what bills it are told only then."""
    names = {field.name for field in model._meta.concrete_fields}
    row = make_row(model, **{name: now() for name in ("decided_at", "approved_at") if name in names})
    if model is Booking:
        Invoice.objects.filter(pk=row.invoice_id).update(source_type="booking", source_id=row.pk)
    return row


def bare_ids(texts: list[Text], *known: str) -> list[str]:
    return [one.words for one in texts if not one.url and ID.search(one.words) and one.words not in known]


@pytest.mark.parametrize("model", every_list(), ids=name_of)
def test_a_page_leads_to_every_row_that_its_own_points_to(boss: Client, model: Any) -> None:
    row = make_linked(model) if model is not Group else Group.objects.create(name="Nobody")
    texts = texts_on(boss, row)
    links = {one.url for one in texts}
    missing = [name for name, parent in parents_of(row) if page_of(parent) not in links]
    assert missing == []
    assert bare_ids(texts, *(str(getattr(row, name)) for name in NO_ROWS.get(name_of(model), ()))) == []


@pytest.mark.parametrize("model", [model for model in every_list() if model is not Group], ids=name_of)
def test_a_page_leads_nobody_where_they_may_not_go(colleague: Callable[..., Client], model: Any) -> None:
    row = make_linked(model)
    client = colleague(f"{model._meta.app_label}.view_{model._meta.model_name}")
    links = {one.url for one in texts_on(client, row) if "/change/" in one.url and one.url != page_of(row)}
    assert [url for url in links if client.get(url).status_code != 200] == []


@pytest.mark.parametrize(
    ("model", "told_of", "action"),
    [
        (KycProfile, lambda case: case, "kyc.approved"),
        (Space, lambda space: space, "space.updated"),
        (SpaceRevision, lambda revision: revision.space, "space.change_proposed"),
    ],
)
def test_a_history_leads_to_who_did_it_where_one_may_look(
    model: Any, told_of: Callable[[Any], models.Model], action: str, boss: Client, colleague: Callable[..., Client]
) -> None:
    row, actor = make_row(model), StaffFactory(email="wanda@example.com")
    audit.record(action=action, actor=actor, target=told_of(row))
    view = f"{row._meta.app_label}.view_{row._meta.model_name}"

    def by(client: Client) -> list[tuple[str, str]]:
        return [(one.words, one.url) for one in texts_on(client, row) if one.is_in(".case-by")]

    assert by(boss) == [("wanda@example.com", page_of(actor))]
    assert by(colleague(view)) == [("wanda@example.com", "")]


def test_ids_in_what_was_changed_lead_to_their_rows_or_to_what_was_done_to_them(boss: Client, anshu: User) -> None:
    note, case, gone = make_row(StaffNote), make_row(KycProfile), uuid4()
    after = {"note": str(note.pk), "case": str(case.pk), "owner": str(anshu.pk), "thing": f"<b> {gone} & more"}
    entry = audit.record(action="note.added", actor=None, target=anshu, after=after)
    links = {one.words: one.url for one in texts_on(boss, entry) if one.url}
    told = {str(note.pk): page_of(note), str(case.pk): page_of(case), str(anshu.pk): page_of(anshu)}

    assert {words: url for words, url in links.items() if words in told} == told
    assert links[str(gone)] == f"{reverse('admin:accounts_auditentry_changelist')}?q={gone}"
    assert boss.get(links[str(gone)]).status_code == 200


def test_an_entry_of_a_row_that_is_gone_leads_to_the_rest_that_was_done_to_it(boss: Client) -> None:
    entry = make_row(AuditEntry)
    target = next(one for one in texts_on(boss, entry) if one.words == entry.target_id)
    rest = boss.get(target.url)

    assert list(rest.context["cl"].queryset) == [entry]


def test_ids_in_a_notification_lead_to_their_rows(boss: Client, anshu: User) -> None:
    refund, gone = make_row(Refund), uuid4()
    told = make_row(Notification, user=anshu, data={"refundId": str(refund.pk), "space_id": str(gone)})
    links = {one.words: one.url for one in texts_on(boss, told) if one.url}

    assert links[str(refund.pk)] == page_of(refund)
    assert str(gone) in links[str(gone)]
