"""Each check of the staff's site finds the page that breaks it, and every page there is keeps to all of them."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from unfold.admin import ModelAdmin, TabularInline

from accounts.admin.pages import LookedAt
from accounts.models import AuditEntry, Budget, KycProfile, Session, User
from billing.models import NumberSeries, Payment, Refund
from flashspace.admin_checks import PageChecks
from flashspace.base.lookups import DeclaredLookups


def errors_of(model, **attributes):
    base = attributes.pop("base", (LookedAt, ModelAdmin))
    page = type("Page", base, {"empty": "Nothing is here.", **attributes})(model, admin.site)
    return sorted({error.id for error in PageChecks().check(page) if error.id.startswith("flashspace.")})


class RefundInline(TabularInline):
    model = Refund


class SeriesInline(TabularInline):
    model = NumberSeries


@pytest.mark.parametrize(
    ("model", "attributes", "errors"),
    [
        (AuditEntry, {}, []),
        (Payment, {"base": (DeclaredLookups, ModelAdmin)}, ["flashspace.E002"]),
        (Group, {"base": (DeclaredLookups, ModelAdmin)}, []),
        (Payment, {"inlines": (RefundInline,)}, ["flashspace.E002"]),
        (Session, {"list_display": ("user", "network"), "list_editable": ("network",)}, ["flashspace.E003"]),
        (Group, {"base": (ModelAdmin,)}, ["flashspace.E004"]),
        (Session, {"lookup_allowed": lambda *_: True}, ["flashspace.E004"]),
        (Session, {"list_filter": ("user__password",)}, ["flashspace.E004"]),
        (Session, {"list_filter": ("refresh_hash",)}, ["flashspace.E004"]),
        (User, {"search_fields": ("=password",)}, ["flashspace.E005"]),
        (KycProfile, {"search_fields": ("=pan",)}, ["flashspace.E005"]),
        (NumberSeries, {"has_change_permission": lambda *_: True}, ["flashspace.E006"]),
        (NumberSeries, {"has_change_permission": lambda *_: True, "readonly_fields": ("name",)}, []),
        (Budget, {"has_change_permission": lambda *_: True}, []),
        (AuditEntry, {"empty": ""}, ["flashspace.E007"]),
    ],
)
@pytest.mark.django_db
def test_check_finds_what_a_page_may_not_do(model, attributes, errors):
    assert errors_of(model, **attributes) == errors


@pytest.mark.django_db
def test_every_page_keeps_to_the_checks():
    for page in admin.site._registry.values():
        assert page.checks_class is PageChecks, page
        assert page.check() == [], page


@pytest.fixture
def chief(db):
    client = Client()
    client.force_login(User.objects.create_superuser("chief@example.com", full_name="Chief"))
    return client


@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("accounts_session", "user__password__startswith=m"),
        ("accounts_user", "password__startswith=m"),
        ("accounts_user", "sign_ins__refresh_hash__startswith=a"),
        ("accounts_session", "refresh_hash__startswith=a"),
        ("accounts_otpchallenge", "code_hash__startswith=a"),
        ("accounts_kycprofile", "pan__startswith=A"),
        ("accounts_kycprofile", "gstin__regex=27A"),
        ("accounts_user", "kyc__pan__startswith=A"),
        ("accounts_auditentry", "actor__password__startswith=m"),
        ("accounts_auditentry", "after__pan__startswith=A"),
        ("accounts_mail", "html__contains=code"),
        ("accounts_idempotencykey", "body__contains=A"),
        ("billing_invoice", "customer__password__startswith=m"),
        ("billing_payment", "user__password__startswith=m"),
        ("billing_gatewayevent", "payload__contains=A"),
        ("bookings_booking", "customer__password__startswith=m"),
        ("listings_space", "owner__password__startswith=m"),
        ("auth_group", "user__password__startswith=m"),
    ],
)
def test_list_is_not_filtered_by_what_it_does_not_offer(chief, page, query):
    assert chief.get(f"{reverse(f'admin:{page}_changelist')}?{query}").status_code == 400


@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("accounts_session", "user__id__exact=00000000-0000-0000-0000-000000000000"),
        ("accounts_session", "state=live"),
        ("accounts_session", "end_reason__exact=logout"),
        ("accounts_user", "is_staff__exact=1&address=verified"),
        ("accounts_auditentry", "action__icontains=kyc"),
        ("accounts_auditentry", "at_from=2026-01-01&at_to=2026-01-31"),
        ("billing_invoice", "status__exact=paid"),
        ("listings_space", "city=mumbai&status__exact=approved"),
        ("bookings_booking", "pk__in=00000000-0000-0000-0000-000000000000"),
    ],
)
def test_list_is_filtered_by_what_it_offers(chief, page, query):
    answer = chief.get(f"{reverse(f'admin:{page}_changelist')}?{query}")
    assert (answer.status_code, answer.headers.get("Location")) == (200, None)
