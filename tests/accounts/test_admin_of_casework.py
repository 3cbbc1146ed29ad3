"""KYC, mails, audit and notifications in the admin: who sees what, what the buttons do, and what never shows."""

import re

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.enums import DocumentStatus, DocumentType, KycStatus, MailStatus
from accounts.models import AuditEntry, KycDocument, KycProfile, Mail, Notification, User
from accounts.models.kyc import private_storage
from accounts.services import audit
from accounts.services.kyc import submit_document
from accounts.services.mail import queue_mail
from accounts.services.notify import notify
from tests.accounts.papers import A_PDF, paper, picture
from tests.factories.accounts import StaffFactory, UserFactory
from tests.factories.kyc import make_case, make_reviewer

pytestmark = pytest.mark.django_db

PAYLOADS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "{{ 7|add:7 }}{% debug %}",
    "</textarea><svg/onload=alert(1)>",
]


@pytest.fixture
def reviewer():
    return make_reviewer("view_auditentry", "view_mail", "change_mail", "view_notification")


@pytest.fixture
def client(reviewer):
    return client_of(reviewer)


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def case():
    return make_case()


def page(obj):
    kind = obj._meta
    return reverse(f"admin:{kind.app_label}_{kind.model_name}_change", args=[obj.pk])


def button(obj, name):
    kind = obj._meta
    return reverse(f"admin:{kind.app_label}_{kind.model_name}_{name}", args=[obj.pk])


def press(client, obj, name, **form):
    return client.post(button(obj, name), {"_form_submitted": "on", **form})


def file_of(document):
    return reverse("admin:accounts_kycdocument_file", args=[document.pk])


# The queue and the case


def test_queue_shows_who_waited_longest_first_and_the_decided_last(client):
    second, first, decided = make_case(), make_case(), make_case()
    KycProfile.objects.filter(pk=first.pk).update(submitted_at=second.submitted_at.replace(year=2020))
    KycProfile.objects.filter(pk=decided.pk).update(status=KycStatus.APPROVED, submitted_at=None)
    listed = client.get(reverse("admin:accounts_kycprofile_changelist") + "?tab=all").context["cl"].result_list
    assert [case.pk for case in listed] == [first.pk, second.pk, decided.pk]


@pytest.mark.parametrize("model", ["kycprofile", "kycdocument", "mail", "auditentry", "notification"])
def test_lists_take_the_same_queries_with_one_row_and_with_three(client, model, django_assert_max_num_queries):
    counts = []
    client.get(reverse("admin:index"))  # the frame's figures are fetched once in a while
    for more in (1, 2):
        for _ in range(more):
            case = make_case(DocumentType.PAN_CARD)
            queue_mail(to="a@example.com", template="kyc_approved", context={"name": "A"})
            notify(user=case.user, kind="kyc.approved", title="Approved")
        with django_assert_max_num_queries(30) as queries:
            assert client.get(reverse(f"admin:accounts_{model}_changelist")).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_case_page_shows_papers_warnings_and_history(client, case):
    shown = client.get(page(case)).content.decode()
    for expected in ("PAN Card", "GST Certificate", "GSTIN: the check character does not match", "Paper handed in"):
        assert expected in shown
    for document in case.documents.all():
        assert button(document, "approve") in shown
    assert not AuditEntry.objects.filter(action="kyc.document_opened").exists()


def test_case_page_of_a_decided_case_has_no_buttons(client, case):
    KycProfile.objects.update(status=KycStatus.REJECTED)
    shown = client.get(page(case)).content.decode()
    assert button(case, "approve") not in shown
    assert button(case.documents.first(), "approve") not in shown


def test_case_page_without_the_permission_to_review_has_no_buttons_and_no_files(case):
    looker = StaffFactory()
    looker.user_permissions.set(Permission.objects.filter(codename__in=["view_kycprofile", "view_auditentry"]))
    shown = client_of(looker).get(page(case)).content.decode()
    assert "PAN Card" in shown
    assert button(case, "approve") not in shown
    assert file_of(case.documents.first()) not in shown


def test_own_case_has_no_buttons():
    chief = User.objects.create_superuser("chief@example.com", full_name="Chief")
    case = make_case(user=chief)
    assert button(case, "approve") not in client_of(chief).get(page(case)).content.decode()


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_strangers_wrote_is_text_in_the_admin(client, payload):
    case = make_case(user=UserFactory(full_name=payload))
    KycProfile.objects.update(company_name=payload, registered_address=payload, warnings=[payload], reason=payload)
    KycDocument.objects.update(name=payload, reason=payload, file_url=payload)
    audit.record(action="kyc.approved", actor=None, target=case, reason=payload, after={payload: payload})
    queue_mail(to="a@example.com", template="kyc_rejected", context={"name": payload, "reason": payload})
    notify(user=case.user, kind="x", title=payload, message=payload, data={"x": payload})
    mail = Mail.objects.get(template="kyc_rejected")
    rows = [case, case.documents.first(), *AuditEntry.objects.all()[:1], mail, Notification.objects.get()]
    addresses = [page(row) for row in rows]
    addresses += [reverse(f"admin:accounts_{row._meta.model_name}_changelist") for row in rows]
    for address in addresses:
        shown = client.get(address).content.decode()
        for live in ("<script>alert", "<img src=x", "<svg/onload", 'href="javascript:'):
            assert live not in shown, address
        assert "14{%" not in shown


# The buttons


@pytest.mark.parametrize(
    ("name", "form", "status"),
    [
        ("approve", {"reason": ""}, KycStatus.APPROVED),
        ("ask_again", {"reason": "Blurred"}, KycStatus.RESUBMIT),
        ("reject", {"reason": "Blurred"}, KycStatus.REJECTED),
    ],
)
def test_button_decides_the_case_and_says_that_no_other_waits(client, reviewer, case, name, form, status):
    assert client.get(button(case, name)).status_code == 200
    case.refresh_from_db()
    assert case.status == KycStatus.PENDING
    answer = press(client, case, name, **form)
    assert answer.headers["HX-Redirect"] == reverse("admin:accounts_kycprofile_changelist")
    case.refresh_from_db()
    assert (case.status, case.decided_by) == (status, reviewer)
    shown = client.get(answer.headers["HX-Redirect"]).content.decode()
    assert "No other case waits for you." in shown
    assert "No case waits. The next one comes when somebody hands in a paper." in shown
    assert f'href="{page(case)}">Back to it</a>' in shown


@pytest.mark.parametrize("name", ["ask_again", "reject"])
def test_refusal_without_a_reason_shows_the_form_again(client, case, name):
    answer = press(client, case, name, reason="")
    assert "HX-Redirect" not in answer.headers
    assert "This field is required" in answer.content.decode()
    case.refresh_from_db()
    assert case.status == KycStatus.PENDING


def test_button_that_comes_too_late_says_so(client, case):
    KycProfile.objects.update(status=KycStatus.REJECTED)
    answer = press(client, case, "approve", reason="")
    assert answer.headers["HX-Redirect"] == page(case)
    assert "cannot become approved" in client.get(page(case)).content.decode()


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("approve", DocumentStatus.APPROVED),
        ("ask_again", DocumentStatus.RESUBMIT),
        ("reject", DocumentStatus.REJECTED),
    ],
)
def test_button_decides_a_paper_and_opens_the_next_of_its_case(client, case, name, status):
    document, other = case.documents.order_by("uploaded_at")
    assert press(client, document, name, reason="Because").headers["HX-Redirect"] == f"{page(case)}?paper={other.pk}"
    document.refresh_from_db()
    assert document.status == status
    assert AuditEntry.objects.get(action=f"kyc.document_{status}").reason == "Because"
    assert press(client, other, name, reason="Because").headers["HX-Redirect"] == page(case)


def test_button_of_a_superseded_paper_says_so(client, case):
    old = case.documents.get(type=DocumentType.PAN_CARD)
    submit_document(user=case.user, actor=case.user, type=DocumentType.PAN_CARD, upload=paper())
    press(client, old, "approve", reason="")
    assert "A newer document has taken its place" in client.get(page(case)).content.decode()


def test_buttons_are_refused_without_the_permission(case):
    looker = StaffFactory()
    looker.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client = client_of(looker)
    for obj, names in ((case, KYC_BUTTONS), (case.documents.first(), KYC_BUTTONS)):
        for name in names:
            assert press(client, obj, name, reason="Because").status_code == 403
    case.refresh_from_db()
    assert case.status == KycStatus.PENDING


KYC_BUTTONS = ("approve", "ask_again", "reject")


@pytest.mark.parametrize("name", KYC_BUTTONS)
def test_buttons_want_a_csrf_token(reviewer, case, name):
    client = Client(enforce_csrf_checks=True)
    client.force_login(reviewer)
    assert press(client, case, name, reason="Because").status_code == 403


@pytest.mark.parametrize("model", ["kycprofile", "kycdocument", "mail", "auditentry", "notification"])
def test_nothing_is_added_changed_or_deleted_by_a_form(model):
    chief = client_of(User.objects.create_superuser("chief@example.com"))
    make_case()
    queue_mail(to="a@example.com", template="kyc_approved", context={"name": "A"})
    notify(user=User.objects.first(), kind="x", title="X")
    registered = next(one for one in admin.site._registry if one._meta.label_lower == f"accounts.{model}")
    row = registered.objects.first()
    assert chief.get(reverse(f"admin:accounts_{model}_add")).status_code == 403
    assert chief.post(page(row), {"status": "approved", "reason": "x"}).status_code == 403
    assert chief.post(reverse(f"admin:accounts_{model}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    action = {"action": "delete_selected", "_selected_action": str(row.pk), "post": "yes"}
    chief.post(reverse(f"admin:accounts_{model}_changelist"), action)
    assert registered.objects.filter(pk=row.pk).exists()


# Opening a paper


def test_opening_a_paper_shows_it_in_our_page_and_is_written_down(client, reviewer, case):
    document = case.documents.first()
    for opened in (1, 2):
        answer = client.get(file_of(document))
        assert answer.content == A_PDF
        assert AuditEntry.objects.filter(action="kyc.document_opened", actor=reviewer).count() == opened
    assert answer.headers["Content-Disposition"] == 'inline; filename="pan_card.pdf"'
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'self'"
    assert "no-store" in answer.headers["Cache-Control"]


def test_opening_a_picture_shows_it_in_a_sandbox(client, case):
    upload = paper("coi.png", picture())
    document = submit_document(user=case.user, actor=case.user, type=DocumentType.COI, upload=upload)
    answer = client.get(file_of(document))
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Security-Policy"].endswith("; sandbox")


def test_opening_a_paper_without_the_permission_is_404_and_without_a_sign_in_a_redirect(case):
    document = case.documents.first()
    assert client_of(StaffFactory()).get(file_of(document)).status_code == 404
    assert Client().get(file_of(document)).status_code == 302
    assert client_of(UserFactory()).get(file_of(document)).status_code == 302


def test_opening_a_damaged_paper_says_so(client, case):
    document = case.documents.first()
    private_storage().delete(document.file.name)
    answer = client.get(file_of(document), follow=True)
    assert "damaged" in answer.content.decode()


def test_page_of_a_malformed_id_is_no_fault(client):
    for model in ("kycprofile", "kycdocument", "mail"):
        assert client.get(reverse(f"admin:accounts_{model}_change", args=["not-an-id"])).status_code == 302


# The mail log


@pytest.fixture
def mail():
    return queue_mail(
        to="asha@example.com",
        template="verify_email",
        context={"name": "Asha", "minutes": 10},
        secrets={"code": "482913", "link": "https://example.com/v?token=s3cret"},
    )


@pytest.mark.parametrize("status", MailStatus)
def test_mail_page_shows_dots_for_secrets(client, mail, status):
    Mail.objects.update(status=status)
    shown = client.get(page(mail)).content.decode()
    assert "••••••" in shown
    assert "482913" not in shown
    assert "s3cret" not in shown
    assert not re.search("⟦|gAAAA", shown)
    assert "<iframe sandbox srcdoc=" in shown


def test_dead_mail_is_sent_again_by_its_button_and_written_down(client, reviewer, mail):
    Mail.objects.update(status=MailStatus.DEAD, attempts=12)
    assert button(mail, "resend") in client.get(page(mail)).content.decode()
    assert press(client, mail, "resend").headers["HX-Redirect"] == page(mail)
    mail.refresh_from_db()
    assert (mail.status, mail.attempts) == (MailStatus.QUEUED, 0)
    assert AuditEntry.objects.get(action="mail.resent").actor == reviewer


def test_mail_that_is_not_dead_has_no_button_and_is_not_sent_again(client, mail):
    assert button(mail, "resend") not in client.get(page(mail)).content.decode()
    press(client, mail, "resend")
    assert "Only what was given up can be sent again" in client.get(page(mail)).content.decode()


def test_mail_is_not_sent_again_without_the_permission(mail):
    Mail.objects.update(status=MailStatus.DEAD)
    looker = StaffFactory()
    looker.user_permissions.set(Permission.objects.filter(codename="view_mail"))
    assert press(client_of(looker), mail, "resend").status_code == 403


def test_audit_page_shows_what_changed_and_by_whom(client, reviewer, case):
    entry = audit.record(action="x", actor=reviewer, target=case, before={"a": 1, "b": 2}, after={"a": 3, "b": 2})
    shown = client.get(page(entry)).content.decode()
    assert reviewer.email in shown
    assert re.search(r"<td[^>]*>a</td><td[^>]*>1</td><td[^>]*>3</td>", shown)
