"""What staff read of numbers that say who somebody is, and the trace that opening a paper leaves."""

import logging

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.admin.masks import last_four, shown_aadhaar, shown_identity, shown_text
from accounts.models import AuditEntry, KycDocument, KycProfile, User
from accounts.policies import can_see_identity_numbers
from accounts.services import audit
from accounts.services.desk import add_note
from accounts.services.mail import queue_mail
from accounts.services.notify import notify
from billing.models import GatewayEvent
from tests.factories.accounts import StaffFactory, UserFactory
from tests.factories.bookings import make_booking
from tests.factories.kyc import make_case
from tests.factories.staff import make_member

pytestmark = pytest.mark.django_db

PAN = "AABCT1234F"
AADHAAR = "2345 6789 0123"


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def with_permissions(*names):
    user = StaffFactory()
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    return user


def page(row):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def test_what_audit_entries_name_and_lists_show_of_a_paper_is_masked_too():
    case = make_case()
    KycDocument.objects.update(name=f"card {AADHAAR}")
    document = case.documents.first()
    entry = audit.record(action="x", actor=None, target=document)
    assert entry.target_label == str(document) == document.get_type_display()
    client = client_of(with_permissions("view_kycdocument", "view_auditentry", "view_identity_numbers"))
    shown = client.get(reverse("admin:accounts_kycdocument_changelist")).content.decode()
    assert "card ••••••••0123" in shown
    assert AADHAAR not in shown
    assert AADHAAR not in client.get(page(entry)).content.decode()


def test_notes_of_colleagues_are_masked_wherever_they_are_read():
    booking = make_booking("active")
    text = f"Says that PAN {PAN} is wrong, Aadhaar {AADHAAR}"
    notes = [
        add_note(target=target, text=text, author=StaffFactory(is_superuser=True))
        for target in (booking, booking.customer)
    ]
    pages = [reverse("admin:accounts_staffnote_changelist"), *map(page, [*notes, booking, booking.customer])]
    for group in ("Support", "Finance", "KYC"):
        client = client_of(make_member(group))
        shown = [answer.content.decode() for answer in map(client.get, pages) if answer.status_code == 200]
        read = [text for text in shown if "Says that PAN" in text]
        assert read, f"{group} reads no note"
        assert not [text for text in read if AADHAAR in text]
        assert not [text for text in read if PAN in text and group != "KYC"]


def test_audit_entry_leads_to_whom_and_what_it_is_about_as_long_as_they_are_there():
    actor, user = StaffFactory(), UserFactory()
    entry = audit.record(action="x", actor=actor, target=user)
    nothing = audit.record(action="x", actor=None, target=user)
    looker = client_of(with_permissions("view_auditentry", "view_user"))
    shown = looker.get(page(entry)).content.decode()
    assert f'href="{page(actor)}"' in shown
    assert f'href="{page(user)}"' in shown
    shown = client_of(with_permissions("view_auditentry")).get(page(entry)).content.decode()
    assert f'href="{page(user)}"' not in shown, "no link leads where somebody may not look"
    assert str(user) in shown
    User.objects.filter(pk=user.pk).delete()
    assert f'href="{page(user)}"' not in looker.get(page(nothing)).content.decode()


# Who sees what


def test_kyc_and_superusers_see_identity_numbers_and_nobody_else():
    chief = User.objects.create_superuser("chief@example.com")
    members = {group: make_member(group) for group in ("Support", "KYC", "Finance", "Content", "Operators")}
    assert [group for group, user in members.items() if can_see_identity_numbers(user)] == ["KYC"]
    assert can_see_identity_numbers(chief)
    customer = UserFactory()
    customer.groups.add(*members["KYC"].groups.all())
    assert not can_see_identity_numbers(customer), "a group counts for staff only"


@pytest.mark.parametrize(
    ("value", "shown"), [(PAN, "••••••234F"), ("", ""), ("1234", "••••"), ("12345", "•2345"), ("x", "•")]
)
def test_identity_number_has_its_last_four_for_others(value, shown):
    assert shown_identity(make_member("KYC"), value) == value
    assert shown_identity(make_member("Support"), value) == shown == last_four(value)


@pytest.mark.parametrize("value", [AADHAAR, "234567890123", "2345-6789-0123"])
def test_aadhaar_number_has_its_last_four_for_everybody(value):
    assert shown_aadhaar(value) == "••••••••0123"
    for group in ("KYC", "Support"):
        assert shown_text(make_member(group), f"card {value}.") == "card ••••••••0123."


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"PAN {PAN}, please", "PAN ••••••234F, please"),
        ("pan_aabct1234f.pdf", "pan_••••••234f.pdf"),
        ("27AABCT1234F1Z5", "27AABCT1234F1Z5"),
        ("call +919876543210", "call +919876543210"),
        ("01a1fe65-2345-6789-8901-234567890123", "01a1fe65-2345-6789-8901-234567890123"),
        ("nothing here", "nothing here"),
    ],
)
def test_free_text_hides_what_looks_like_a_number(text, shown):
    assert shown_text(make_member("Support"), text) == shown
    assert shown_text(make_member("KYC"), text) == text


# Pages


def rows():
    user = UserFactory()
    text = f"My PAN is {PAN} and my card {AADHAAR}"
    entry = audit.record(action="x", actor=None, target=user, reason=text, after={"note": text})
    mail = queue_mail(to=user.email, template="kyc_rejected", context={"name": "A", "reason": text, "documents": []})
    note = notify(user=user, kind="x", title="X", message=text, data={"note": text})
    event = GatewayEvent.objects.create(gateway="sandbox", event_id="e1", kind="x", payload={"notes": text})
    document = make_case().documents.first()
    KycDocument.objects.update(name=text, file_url=f"https://files.example/{PAN}?of={AADHAAR}", reason=text)
    return [entry, mail, note, event, document]


@pytest.mark.parametrize("index", range(5), ids=["audit", "mail", "notification", "event", "paper"])
def test_page_masks_free_text_by_who_looks(index):
    row = rows()[index]
    views = ("view_auditentry", "view_mail", "view_notification", "view_gatewayevent", "view_kycdocument")
    for more, is_pan_shown in (((), False), (("view_identity_numbers",), True)):
        shown = client_of(with_permissions(*views, *more)).get(page(row)).content.decode()
        assert (PAN in shown) is is_pan_shown
        assert "••••••••0123" in shown
        assert AADHAAR not in shown


def test_list_masks_free_text_for_everybody():
    rows()
    shown = client_of(with_permissions("view_auditentry", "view_identity_numbers")).get(
        reverse("admin:accounts_auditentry_changelist")
    )
    assert PAN not in shown.content.decode()
    assert AADHAAR not in shown.content.decode()


def test_case_shows_its_numbers_to_those_who_may_see_them_only():
    case = make_case()
    KycProfile.objects.filter(pk=case.pk).update(pan=PAN, gstin="27AABCT1234F1Z5")
    looker = with_permissions("view_kycprofile", "view_kycdocument")
    for address in (page(case), reverse("admin:accounts_kycprofile_changelist")):
        shown = client_of(looker).get(address).content.decode()
        assert PAN not in shown, address
        assert "AABCT1234F" not in shown, address
    assert PAN in client_of(make_member("KYC")).get(page(case)).content.decode()


@pytest.mark.parametrize("typed", [PAN, "27AABCT1234F1Z5"])
def test_case_is_found_by_its_numbers_by_those_who_may_see_them_only(typed):
    case = make_case()
    KycProfile.objects.filter(pk=case.pk).update(pan=PAN, gstin="27AABCT1234F1Z5")
    found = {}
    for name, user in (("looker", with_permissions("view_kycprofile")), ("KYC", make_member("KYC"))):
        answer = client_of(user).get(reverse("admin:accounts_kycprofile_changelist"), {"q": typed, "tab": "all"})
        found[name] = [one.pk for one in answer.context["cl"].result_list]
    assert found == {"looker": [], "KYC": [case.pk]}


@pytest.mark.parametrize("typed", [PAN, "27AABCT", "27AABCT1234F"])
def test_person_is_found_by_a_pan_or_the_beginning_of_a_gstin_by_those_who_may_see_it_only(typed):
    case = make_case()
    KycProfile.objects.filter(pk=case.pk).update(pan=PAN, gstin="27AABCT1234F1Z5")
    found = {}
    for group in ("Support", "KYC"):
        answer = client_of(make_member(group)).get(reverse("admin:accounts_user_changelist"), {"q": typed})
        found[group] = [one.pk for one in answer.context["cl"].result_list]
    assert found == {"Support": [], "KYC": [case.user_id]}


# Opening papers


def file_of(document):
    return reverse("admin:accounts_kycdocument_file", args=[document.pk])


def traces():
    rows = AuditEntry.objects.filter(action__in=("kyc.document_opened", "kyc.document_refused")).order_by("id")
    return [(one.action, one.actor_email, one.target_id, one.after) for one in rows]


def test_each_opening_is_one_entry_with_who_and_which_case():
    case, reviewer = make_case(), make_member("KYC")
    document = case.documents.first()
    client = client_of(reviewer)
    client.get(page(case))
    assert traces() == [], "the case's page opens nothing by itself"
    entry = ("kyc.document_opened", reviewer.email, str(document.pk), {"case": str(case.pk)})
    for count in (1, 2, 3):
        assert client.get(file_of(document)).status_code == 200
        assert traces() == [entry] * count


@pytest.mark.parametrize("group", ["Support", "Finance", "Content", "Operators"])
def test_refused_opening_leaves_a_trace_too(group, caplog):
    case, member = make_case(), make_member(group)
    document = case.documents.first()
    with caplog.at_level(logging.WARNING, logger="accounts.services.kyc_files"):
        assert client_of(member).get(file_of(document)).status_code == 404
    assert traces() == [("kyc.document_refused", member.email, str(document.pk), {"case": str(case.pk)})]
    assert f"KYC document {document.pk} was refused to {member.pk}" in caplog.text


def test_colleague_who_opens_their_own_paper_leaves_a_trace():
    reviewer = make_member("KYC")
    case = make_case(user=reviewer)
    assert client_of(reviewer).get(file_of(case.documents.first())).status_code == 200
    assert [trace[0] for trace in traces()] == ["kyc.document_opened"]
