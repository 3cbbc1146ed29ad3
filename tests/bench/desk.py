# ruff: noqa: E501  SQL is read by its columns
"""The desk with 100,000 customers: rows that PostgreSQL makes itself, and how long each page of the staff takes.

python -m tests.bench.desk [--customers 100000] [--rounds 5]
"""

import argparse
import os
import secrets
import sys
import time
from dataclasses import dataclass, replace
from typing import Any

import psycopg

DATABASE = os.environ.get("BENCH_DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/flashspace_bench") + "_desk"
BOOKINGS_EACH = 2
FILLED = "bench_filled"  # a table that is there once all rows are

# Two bookings a customer, one in five unpaid; an invoice and a payment each. `{c}` customers, `{b}` bookings.
ROWS = (
    """
INSERT INTO accounts_user (id, created_at, updated_at, password, is_superuser, email, full_name, phone, phone_typed,
    picture_url, role, is_staff, is_active, email_verified_at, given_name, is_role_open, pending_email)
SELECT md5('user-' || n)::uuid, now() - n * interval '90 seconds', now(), '!', false, 'customer' || n || '@example.com',
    (ARRAY['Anshu','Rohan','Farah','Vikram','Divya','Kabir','Leela','Nikhil','Meera','Arjun'])[1 + n % 10] || ' ' ||
    (ARRAY['Prasad','Sharma','Iyer','Khan','Patel','Reddy','Das','Nair','Gupta','Singh','Bose'])[1 + n % 11] || ' ' || n,
    '+91' || (7000000000 + n), '+91 ' || (7000000000 + n), '', 'customer', false, n % 500 <> 0,
    CASE WHEN n % 10 = 0 THEN NULL ELSE now() END, '', false, ''
FROM generate_series(1, {c}) AS n
""",
    """
INSERT INTO accounts_kycprofile (id, created_at, updated_at, user_id, status, company_name, company_type, gstin, pan, cin,
    registered_address, warnings, submitted_at, reason)
SELECT md5('case-' || n)::uuid, now(), now(), md5('user-' || n)::uuid,
    CASE WHEN n % 200 = 0 THEN 'pending' WHEN n % 3 = 0 THEN 'not_started' ELSE 'approved' END,
    (ARRAY['Tech','Agro','Nova','Shakti','Blue'])[1 + n % 5] || ' Innovations ' || n || ' Pvt Ltd', '',
    '27AAPFU' || lpad((n % 10000)::text, 4, '0') || chr(65 + n / 10000 % 26) || '1Z' || n % 10, '', '', '', '[]',
    CASE WHEN n % 3 = 0 AND n % 200 <> 0 THEN NULL ELSE now() - n * interval '1 minute' END, ''
FROM generate_series(1, {c}) AS n
""",
    """
INSERT INTO billing_invoice (id, created_at, updated_at, number, kind, status, customer_id, source_type, source_id,
    source_number, description, seller_id, seller_details, billing_name, billing_company, billing_gstin, billing_address,
    billing_state_code, billing_email, place_of_supply, currency, subtotal, tax_rate, cgst, sgst, igst, tax_amount, total,
    issued_at, due_at, paid_at, content_hash, verification_code)
SELECT md5('invoice-' || n)::uuid, now() - n * interval '45 seconds', now(), 'INV-2026-' || lpad(n::text, 6, '0'),
    'tax_invoice', CASE WHEN n % 5 = 0 THEN 'pending' ELSE 'paid' END, md5('user-' || (1 + n / 2 % {c}))::uuid, 'booking',
    md5('booking-' || n)::uuid, 'FS-2026-' || lpad(n::text, 6, '0'), 'Virtual Office - GST Plan',
    (SELECT id FROM billing_sellerentity LIMIT 1), '{{"name": "FlashSpace", "gstin": "27AAPFU0939F1ZV", "address": ""}}',
    'Customer ' || n, 'Innovations ' || n || ' Pvt Ltd', '27AAPFU' || lpad((n % 10000)::text, 4, '0') || 'F1ZV', '', '27',
    '', '27', 'INR', 10000, 18, 900, 900, 0, 1800, 11800, now(), now() + interval '7 days',
    CASE WHEN n % 5 = 0 THEN NULL ELSE now() END, '', 'bench-desk-' || n
FROM generate_series(1, {b}) AS n
""",
    """
INSERT INTO billing_invoiceline (invoice_id, position, description, sac, rule_id, quantity, rate, taxable, tax_rate, cgst,
    sgst, igst, total)
SELECT md5('invoice-' || n)::uuid, 1, 'GST Registration Plan - 1 Year', '997212', 'vo', 1, 10000, 10000, 18, 900, 900, 0,
    11800
FROM generate_series(1, {b}) AS n
""",
    """
INSERT INTO bookings_booking (id, created_at, updated_at, number, customer_id, space_id, kind, status, plan_code, plan_name,
    unit_price, quantity, seats, tenure, tenure_unit, total_amount, start_on, end_on, hold_expires_at, auto_renew, snapshot,
    customer_name, customer_email, customer_phone, notes, invoice_id, confirmed_at, activated_at, cancel_reason,
    documents_issued_at)
SELECT md5('booking-' || n)::uuid, now() - n * interval '45 seconds', now(), 'FS-2026-' || lpad(n::text, 6, '0'),
    md5('user-' || (1 + n / 2 % {c}))::uuid, spaces.ids[1 + n % array_length(spaces.ids, 1)], 'virtual_office',
    CASE WHEN n % 5 = 0 THEN 'pending_payment' WHEN n % 7 = 0 THEN 'pending_kyc' ELSE 'active' END, 'gst',
    'GST Registration Plan', 983.33, 1, 1, 12, 'months', 11800, current_date - (n % 300), current_date - (n % 300) + 365,
    now() + interval '15 minutes', false,
    '{{"name": "Premium Virtual Office", "address": "Business Park", "city": "Mumbai", "area": "", "pincode": "400069"}}',
    'Customer ' || n, 'customer' || (1 + n / 2 % {c}) || '@example.com', '+91 ' || (7000000000 + n / 2), '',
    md5('invoice-' || n)::uuid, CASE WHEN n % 5 = 0 THEN NULL ELSE now() END,
    CASE WHEN n % 5 = 0 OR n % 7 = 0 THEN NULL ELSE now() END, '', now()
FROM generate_series(1, {b}) AS n, (SELECT array_agg(id) AS ids FROM listings_space) AS spaces
""",
    """
INSERT INTO bookings_timelineentry (booking_id, status, note, at, actor_id)
SELECT md5('booking-' || n)::uuid, status, '', now(), md5('user-' || (1 + n / 2 % {c}))::uuid
FROM generate_series(1, {b}) AS n, unnest(ARRAY['created', 'payment_received']) AS status
""",
    """
INSERT INTO billing_payment (id, created_at, updated_at, invoice_id, user_id, gateway, transaction_id, amount, currency,
    status, reference, failure_reason, completed_at)
SELECT md5('payment-' || n)::uuid, now() - n * interval '45 seconds', now(), md5('invoice-' || n)::uuid,
    md5('user-' || (1 + n / 2 % {c}))::uuid, 'razorpay', 'order_' || md5(n::text), 11800, 'INR', 'completed',
    'pay_' || md5(n::text), '', now()
FROM generate_series(1, {b}) AS n WHERE n % 5 <> 0
""",
    """
INSERT INTO billing_gatewayevent (id, created_at, updated_at, gateway, event_id, source, kind, meaning, transaction_id,
    reference, amount, currency, reason, payload, outcome, note, handled_at, close_reason)
SELECT md5('event-' || n)::uuid, now() - n * interval '45 seconds', now(), 'razorpay', 'evt_' || md5(n::text), 'webhook',
    'payment.captured', 'captured', 'order_' || md5(n::text), 'pay_' || md5(n::text), 11800, 'INR', '', '{{}}',
    CASE WHEN n % 5000 = 1 THEN 'failed' ELSE 'applied' END, '', now(), ''
FROM generate_series(1, {b}) AS n WHERE n % 5 <> 0
""",
    """
INSERT INTO billing_refund (id, created_at, updated_at, payment_id, amount, cause, reason, status, reference, paid_at)
SELECT md5('refund-' || n)::uuid, now() - n * interval '1 minute', now(), md5('payment-' || n)::uuid, 11800, 'lapsed', '',
    CASE WHEN n % 10 = 1 THEN 'owed' ELSE 'paid' END, 'utr-' || n, now()
FROM generate_series(1, {b}, 100) AS n WHERE n % 5 <> 0
""",
    """
INSERT INTO bookings_bookingdocument (id, created_at, updated_at, booking_id, kind, number, holder, file, sha256,
    content_hash, verification_code, issued_at)
SELECT md5('document-' || n)::uuid, now(), now(), md5('booking-' || n)::uuid, 'agreement',
    'AGR-FS-2026-' || lpad(n::text, 6, '0'), 'Customer ' || n, 'x.pdf', '', '', 'bench-doc-' || n,
    now() - n * interval '45 seconds'
FROM generate_series(1, {b}) AS n WHERE n % 5 <> 0
""",
    """
INSERT INTO accounts_mail (id, created_at, updated_at, user_id, "to", template, subject, text, html, attachments, status,
    attempts, due_at, sent_at, last_error)
SELECT md5('mail-' || n)::uuid, now() - n * interval '45 seconds', now(), md5('user-' || (1 + n / 2 % {c}))::uuid,
    'customer' || (1 + n / 2 % {c}) || '@example.com', 'invoice_paid', 'Invoice INV-2026-' || lpad(n::text, 6, '0'),
    repeat('text ', 100), repeat('html ', 400), '[]', CASE WHEN n % 1000 = 0 THEN 'dead' ELSE 'sent' END, 1, now(), now(), ''
FROM generate_series(1, {b}) AS n
""",
    """
INSERT INTO accounts_notification (id, created_at, updated_at, user_id, kind, title, message, data)
SELECT md5('notification-' || n)::uuid, now() - n * interval '45 seconds', now(), md5('user-' || (1 + n / 2 % {c}))::uuid,
    'booking_active', 'Your booking is active', '', '{{}}'
FROM generate_series(1, {b}) AS n
""",
    """
INSERT INTO accounts_session (id, created_at, updated_at, user_id, dialect, refresh_hash, previous_refresh_hash, signed_by, expires_at,
    last_seen_at, end_reason, network, user_agent)
SELECT md5('session-' || n)::uuid, now() - n * interval '45 seconds', now(), md5('user-' || (1 + n / 2 % {c}))::uuid,
    'flashspace', md5(n::text), '', '', now() + interval '7 days', now(), '', '203.0.113.' || n % 250, 'Mozilla/5.0 Chrome/140'
FROM generate_series(1, {b}) AS n
""",
    """
INSERT INTO accounts_auditentry (id, at, actor_email, action, target_type, target_id, target_label, before, after, reason,
    request_id, network)
SELECT md5('audit-' || n)::uuid, now() - n * interval '45 seconds', 'desk' || n % 20 || '@example.com', 'user.updated',
    'accounts.user', md5('user-' || (1 + n / 2 % {c}))::uuid::text, 'Customer ' || n, '{{}}', '{{}}', '', md5(n::text), ''
FROM generate_series(1, {b}) AS n
""",
)
# What no constraint needs.
INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
WHERE relnamespace = 'public'::regnamespace AND NOT indisunique AND NOT indisprimary AND NOT indisexclusion
"""
FILTERS = {
    "accounts_user": "is_active__exact=0",
    "accounts_mail": "status__exact=dead",
    "accounts_session": "state=live",
    "accounts_kycprofile": "tab=waiting",
    "billing_gatewayevent": "work=open",
    "billing_invoice": "status__exact=pending",
    "billing_payment": "status__exact=pending",
    "billing_refund": "status__exact=owed",
    "bookings_booking": "status__exact=pending_kyc",
    "bookings_bookingdocument": "kind__exact=noc",
    "listings_space": "status__exact=approved",
}
TERMS = {
    "accounts_user": "farah iyer",
    "accounts_mail": "customer4711@example.com",
    "billing_gatewayevent": "evt_0a",
    "billing_invoice": "INV-2026-0047",
    "billing_payment": "INV-2026-004711",
    "billing_refund": "utr-4701",
    "bookings_bookingdocument": "AGR-FS-2026-0047",
    "listings_space": "premium pune",
}
SEARCHES = {
    "a booking's number": "FS-2026-004711",
    "an address": "customer4711@example.com",
    "a phone": "070000 04711",
    "a GSTIN": "27AAPFU4711",
    "a name": "farah iyer",
    "a frequent name": "anshu",
    "a name that nobody has": "zebedee",
    "an id": "00000000-0000-0000-0000-000000000000",
}


def fill(customers: int) -> float:
    """Seconds it took. Each kind of row is a transaction; foreign keys are not asked, indexes are made afterwards."""
    from tests.bench.seed import make_seller, make_spaces

    began = time.perf_counter()
    make_seller()
    make_spaces(2000)
    # Not Django's connection: that gives up on a statement that takes longer than a request may.
    with psycopg.connect(DATABASE, autocommit=True) as connection:
        connection.execute("SET synchronous_commit = off; SET maintenance_work_mem = '256MB'; SET work_mem = '64MB'")
        connection.execute("SET session_replication_role = replica")
        indexes = connection.execute(INDEXES).fetchall()
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}")
        for rows in ROWS:
            connection.execute(rows.format(c=customers, b=customers * BOOKINGS_EACH))
        for _, definition in indexes:
            connection.execute(definition)
        connection.execute("VACUUM ANALYZE")
        connection.execute(f"CREATE TABLE {FILLED} AS SELECT now() AS at")
    return time.perf_counter() - began


def pages() -> list[tuple[str, str]]:
    from django.contrib import admin
    from django.urls import reverse

    from accounts.models import User
    from bookings.models import Booking

    found = [("dashboard", reverse("admin:index"))]
    for model, page in sorted(admin.site._registry.items(), key=lambda one: one[0]._meta.label):
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        url = reverse(f"admin:{name}_changelist")
        found.append((f"{model._meta.label}", url))
        if name in FILTERS:
            found.append((f"{model._meta.label}, {FILTERS[name]}", f"{url}?{FILTERS[name]}"))
        if page.search_fields:
            term = TERMS.get(name, "customer4711@example.com")
            found.append((f"{model._meta.label}, “{term}”", f"{url}?q={term}"))
    found += [(f"search: {what}", f"{reverse('admin:search')}?extended=1&s={term}") for what, term in SEARCHES.items()]
    booking, person = Booking.objects.order_by("created_at")[1000], User.objects.order_by("created_at")[1000]
    found.append(("a booking's page", reverse("admin:bookings_booking_change", args=[booking.pk])))
    found.append(("a customer's page", reverse("admin:accounts_user_change", args=[person.pk])))
    return found


@dataclass(frozen=True)
class Cost:
    """Of the quickest of the rounds, in milliseconds. `queries`: the fewest, for an idle connection is asked first."""

    name: str
    page: float
    sql: float
    worst: float
    queries: int
    counts: float  # of them those beside the menu

    def __str__(self) -> str:
        return f"{self.name[:71]:72}{self.queries:8}{self.sql:8.0f}{self.worst:8.0f}{self.page:9.0f}"


def measure(rounds: int) -> None:
    client = desk_client()
    print(f"{'page':72}{'queries':>8}{'SQL ms':>8}{'worst':>8}{'page ms':>9}")
    costs = []
    for name, url in pages():
        client.get(url)
        asked = [ask(client, name, url) for _ in range(rounds)]
        quickest = min(asked, key=lambda cost: cost.page)
        costs.append(replace(quickest, queries=min(cost.queries for cost in asked)))
        print(costs[-1], flush=True)
    sum_up(costs)


def ask(client: Any, name: str, url: str) -> Cost:
    from django.core.cache import cache
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        began = time.perf_counter()
        answer = client.get(url)
        took = (time.perf_counter() - began) * 1000
    if answer.status_code != 200:
        raise SystemExit(f"{url} answered {answer.status_code}")
    times = [float(query["time"]) * 1000 for query in queries.captured_queries]
    counts = sum(ms for ms, query in zip(times, queries.captured_queries, strict=True) if "queue_name" in query["sql"])
    return Cost(name, took, sum(times), max(times, default=0), len(queries), counts)


def sum_up(costs: list[Cost]) -> None:
    """The lines of docs/performance.md."""
    lists = [cost for cost in costs if "." in cost.name]
    kinds = {
        "lists": [cost for cost in lists if "“" not in cost.name],
        "lists with a search": [cost for cost in lists if "“" in cost.name],
        "palette": [cost for cost in costs if cost.name.startswith("search:")],
    }
    for kind, some in kinds.items():
        spans = (f"{min(values):.0f} to {max(values):.0f}" for values in zip(*map(_figures, some), strict=True))
        queries, sql, page, counts = spans
        print(f"\n{kind}: {len(some)}; queries {queries}; SQL {sql} ms; page {page} ms; counts of the menu {counts} ms")
        slowest = sorted(some, key=lambda cost: -cost.sql)[:3]
        print("  most SQL: " + "; ".join(f"{cost.name} {cost.sql:.0f} ms" for cost in slowest), flush=True)


def _figures(cost: Cost) -> tuple[float, ...]:
    return cost.queries, cost.sql, cost.page, cost.counts


def desk_client() -> Any:
    """Signed in with everything shown; the second step is before these pages and costs them nothing."""
    from django.test import Client

    from accounts.admin.staff_session import KEY
    from accounts.clients import Client as SignInClient
    from accounts.models import User
    from accounts.services.sessions import open_staff_session

    known = User.objects.filter(email="desk@bench.example.com").first()
    user = known or User.objects.create_superuser("desk@bench.example.com", secrets.token_urlsafe(24))
    client = Client(headers={"host": "bench.flashspace.example", "x-forwarded-proto": "https"})
    client.force_login(user)
    here = SignInClient(network="203.0.113.9", user_agent="bench", dialect="admin")
    kept = client.session
    kept[KEY] = str(open_staff_session(user=user, client=here, has_shown_factor=True).pk)
    kept.save()
    return client


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    from tests.bench.__main__ import ROOT, environment, manage
    from tests.bench.inside import create_database

    env = environment(DATABASE, str(ROOT / "var" / "bench"))
    os.environ.update(env)
    fresh = create_database(DATABASE, FILLED)
    if fresh:
        manage(env, "migrate", "--verbosity", "0")
    import django

    django.setup()
    if fresh:
        print(f"{options.customers} customers and all that is theirs: {fill(options.customers):.0f} s", file=sys.stderr)
    print(f"\nThe desk at {options.customers} customers, {options.customers * BOOKINGS_EACH} bookings")
    from django.conf import settings
    from django.test import override_settings

    # Names of files without their hashes: nothing was collected, and nothing is served.
    plain = {**settings.STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with override_settings(STORAGES=plain):
        measure(options.rounds)


if __name__ == "__main__":
    main()
