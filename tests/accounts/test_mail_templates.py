"""Every template renders with what its comment names, in both forms, and asks nothing of the network."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings

from accounts.marks import mark
from accounts.services.mail import render_mail

DIRECTORY = Path(settings.BASE_DIR) / "accounts" / "templates" / "mail"
AT = datetime(2026, 11, 20, 15, 4, tzinfo=UTC)
BOOKING = {"name": "Asha", "booking_number": "FS-2026-00042", "space_name": "Loft & Co"}
CONTEXTS = {
    "account_exists": {"name": "Asha"},
    "verify_email": {"name": "Asha", "minutes": 10, "code": mark("482913"), "link": mark("https://example.com/v")},
    "verify_organization": {"name": "Asha", "organization": "Acme Corp", "link": mark("https://example.com/o")},
    "organization_email": {"name": "Asha", "organization": "Acme Corp", "link": mark("https://example.com/o")},
    "organization_email_asked": {"name": "Asha", "organization": "Acme Corp", "email": "new@acme.example"},
    "invitation": {
        "name": "",
        "inviter": "Asha Rao",
        "organization": "Acme & Co",
        "role": "Admin",
        "message": "See you on Monday",
        "days": 7,
        "link": mark("https://example.com/i"),
    },
    "access_ended": {"name": "Asha", "organization": "Acme", "is_suspended": False, "reason": "Project is over"},
    "password_reset": {"name": "Asha", "minutes": 30, "link": mark("https://example.com/r")},
    "password_changed": {"name": "Asha", "at": AT},
    "invoice_paid": {
        "name": "Asha",
        "invoice_number": "INV-2026-0042",
        "amount": "₹15,000",
        "paid_on": date(2026, 11, 20),
        "description": "Virtual office",
        "booking_number": "FS-2026-00042",
    },
    "booking_active": {
        **BOOKING,
        "address": "12 Janpath",
        "start_on": date(2026, 11, 20),
        "last_on": date(2027, 11, 19),
    },
    "kyc_approved": {"name": "Asha"},
    "kyc_rejected": {"name": "Asha", "reason": "Too blurred"},
    "kyc_resubmit": {"name": "Asha", "reason": "Too blurred", "documents": [("PAN Card", "Blurred"), ("Bill", "")]},
    "consultant_approved": {"name": "Asha"},
    "consultant_rejected": {"name": "Asha", "reason": "Too blurred"},
    "booking_cancelled": {**BOOKING, "reason": "Not paid in time"},
    "refund_owed": {
        "name": "Asha",
        "booking_number": "FS-2026-00042",
        "invoice_number": "INV-2026-0042",
        "amount": "₹15,000",
    },
    "email_change": {"name": "Asha", "old_email": "a@example.com", "link": mark("https://example.com/c")},
    "email_change_asked": {
        "name": "Asha",
        "new_email": "b@example.com",
        "at": AT,
        "organization": "Acme Corp",
        "days": 7,
        "link": mark("https://example.com/k"),
    },
    "email_changed": {"name": "Asha", "new_email": "b@example.com", "at": AT},
    "new_device": {"name": "Asha", "device": "Chrome on Android", "network": "203.0.113.5", "at": AT},
    "test": {"name": "", "at": AT},
    **{
        f"second_factor_{what}": {"name": "Asha", "at": AT, "remaining": 9}
        for what in ("enabled", "moved", "disabled", "reset", "codes_renewed", "code_used")
    },
}


def render(template):
    context = CONTEXTS[template]
    secrets = {name: value for name, value in context.items() if name in {"code", "link"}}
    return render_mail(template, {name: value for name, value in context.items() if name not in secrets}, secrets)


def test_every_template_has_both_forms_and_a_context_here():
    pages = {path.stem for path in DIRECTORY.glob("*.html")} - {"base"}
    texts = {path.stem for path in DIRECTORY.glob("*.txt")} - {"base"}
    assert pages == texts == set(CONTEXTS)


@pytest.mark.parametrize("template", sorted(CONTEXTS))
def test_template_says_the_same_in_html_and_text(template):
    context = CONTEXTS[template]
    subject, text, markup = render(template)
    assert subject
    assert "⟦" not in subject
    assert text.startswith(f"Hello {context['name']},\n" if context["name"] else "Hello,\n")
    assert markup.startswith("<!doctype html>")
    for value in context.values():
        if isinstance(value, str):
            assert value in text
            assert value.replace("&", "&amp;") in markup


@pytest.mark.parametrize("template", sorted(CONTEXTS))
def test_template_loads_nothing_from_the_network(template):
    markup = render(template)[2]
    assert not re.search(r"<(img|link|script|iframe)\b|url\(|@import", markup)


def test_text_is_not_escaped_and_html_is():
    _, text, markup = render("booking_cancelled")
    assert "Loft & Co" in text
    assert "Loft &amp; Co" in markup


def test_instants_are_shown_in_indian_time():
    _, text, _ = render("password_changed")
    assert "20 November 2026 at 20:34 Indian time" in text
