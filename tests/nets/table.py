"""Who may call which route, and what they are answered: one row for each route, written by hand.

A route without a row fails the build. To add one, say who may (a guard below), whose thing the id names, and what is
answered for one's own, somebody else's, an unknown and a malformed id.
"""

from typing import Any

from tests.accounts.papers import paper
from tests.factories.accounts import PASSWORD
from tests.nets.consultants_table import CONSULTANT_ROWS
from tests.nets.guards import (
    ALL,
    BEARER,
    BIN,
    CATALOGUE,
    EMAIL_VERIFIED,
    FLASHSPACE_ID,
    LISTERS,
    NANO_ID,
    OWN,
    PAPER_READERS,
    PUBLIC,
    SIGNED_IN,
    TOKEN_IS_BAD,
    VERIFIED_ANYHOW,
    WHO_HAS_AN_ACCOUNT,
    Row,
    answers,
    fixed,
    plain,
)
from tests.nets.nano_table import NANO_ROWS
from tests.nets.people_table import PEOPLE_ROWS
from tests.nets.rento_table import RENTO_ROWS
from tests.nets.second_factor_table import SECOND_FACTOR_ROWS
from tests.nets.workspace_table import WORKSPACE_ROWS
from tests.nets.world import World, payment_of

__all__ = ["ALL", "API", "OWN", "PAGES", "ROWS", "WHO_HAS_AN_ACCOUNT", "Row"]

LISTING = {
    "name": "Premium Virtual Office - Andheri",
    "address": "123, Business Park, Andheri East, Mumbai - 400069",
    "city": "Mumbai",
    "area": "Andheri",
    "price": "₹4,999/month",
    "originalPrice": "₹6,999/month",
    "features": ["24/7 Access"],
}
UNKNOWN_PERSON = "nobody-at-all@people.example"


def _own_mail(world: World, actor: str, id: str) -> dict[str, Any]:
    return {"email": world.users[actor].email if actor in world.users else UNKNOWN_PERSON, "password": PASSWORD}


def _upload(world: World, actor: str, id: str) -> dict[str, Any]:
    return {"documentType": "pan_card", "file": paper()}


def _booking(world: World, actor: str, id: str) -> dict[str, Any]:
    return {"property_id": id, "plan": "gst", "tenure": 12}


def _payment(world: World, actor: str, id: str) -> dict[str, Any]:
    return {"gateway": "sandbox", "payment_type": "invoice", "invoice_id": id}


def _proof(world: World, actor: str, id: str) -> dict[str, Any]:
    known = {one: payment_of(world, whose).transaction_id for whose, one in world.things["payment"].items()}
    return {"payment_id": id, "transaction_id": known.get(id, "sandbox_unknown")}


def _listings(base: str, kind: str) -> list[Row]:
    public, hidden = f"approved {kind}", f"pending {kind}"
    return [
        Row("POST", f"{base}/create", LISTERS, plain(201), body=fixed(**LISTING)),
        Row("GET", f"{base}/getAll", PUBLIC, plain(200)),
        Row("GET", f"{base}/getAll", BIN, plain(200), query="deleted=true"),
        Row("GET", f"{base}/getByCity/<str:city>", PUBLIC, plain(200), fills={"city": "Mumbai"}),
        Row("GET", f"{base}/getById/<str:id>", PUBLIC, answers(200, 200, 404, 400), public),
        Row("GET", f"{base}/getById/<str:id>", CATALOGUE, FLASHSPACE_ID, hidden),
        Row("PUT", f"{base}/update/<str:id>", LISTERS, answers(200, 403, 404, 400), public, fixed(area="Andheri East")),
        Row("PUT", f"{base}/update/<str:id>", LISTERS, answers(200, 404, 404, 400), hidden, fixed(area="Andheri East")),
        Row("DELETE", f"{base}/delete/<str:id>", LISTERS, answers(200, 403, 404, 400), public),
        Row("DELETE", f"{base}/delete/<str:id>", LISTERS, answers(200, 404, 404, 400), hidden),
    ]


API = [
    Row("GET", "/api/health", PUBLIC, plain(200)),
    Row("GET", "/health", PUBLIC, plain(200)),
    Row("GET", "/", PUBLIC, plain(200)),
    Row(
        "POST",
        "/api/auth/signup",
        PUBLIC,
        plain(201),
        body=fixed(email="newcomer@people.example", fullName="New Comer", password=PASSWORD),
    ),
    Row("POST", "/api/auth/login", WHO_HAS_AN_ACCOUNT, plain(200), body=_own_mail),
    Row("POST", "/api/auth/signin", WHO_HAS_AN_ACCOUNT, plain(200), body=_own_mail),
    Row("POST", "/api/auth/verify-otp", PUBLIC, plain(400), body=fixed(email=UNKNOWN_PERSON, otp="123456")),
    Row("POST", "/api/auth/resend-otp", PUBLIC, plain(200), body=fixed(email=UNKNOWN_PERSON)),
    Row("GET", "/api/auth/verify-email", PUBLIC, plain(TOKEN_IS_BAD), query="token=unknown"),
    Row("POST", "/api/auth/forgot-password", PUBLIC, plain(200), body=fixed(email=UNKNOWN_PERSON)),
    Row(
        "POST",
        "/api/auth/reset-password",
        PUBLIC,
        plain(TOKEN_IS_BAD),
        body=fixed(token="unknown", newPassword="Orchid lantern 42 river"),
    ),
    Row("POST", "/api/auth/refresh-token", PUBLIC, plain(401), body=fixed(refreshToken="unknown")),
    Row("POST", "/api/auth/google", PUBLIC, plain(401), body=fixed(credential="unknown")),
    Row("GET", "/api/auth/check-auth", PUBLIC, plain(200)),
    Row("GET", "/api/auth/profile", EMAIL_VERIFIED, plain(200)),
    Row(
        "POST",
        "/api/auth/change-password",
        SIGNED_IN,
        plain(200),
        body=fixed(currentPassword=PASSWORD, newPassword="Orchid lantern 42 river"),
    ),
    Row("POST", "/api/auth/logout", SIGNED_IN, plain(200)),
    Row("POST", "/api/auth/logout-all", SIGNED_IN, plain(200)),
    Row("GET", "/api/user/kyc", EMAIL_VERIFIED, plain(200)),
    Row("PUT", "/api/user/kyc/business-info", EMAIL_VERIFIED, plain(200), body=fixed(companyName="Talenode")),
    Row("POST", "/api/user/kyc/upload", EMAIL_VERIFIED, plain(201), body=_upload, is_form=True),
    Row("GET", "/api/user/kyc/documents/<str:id>/file", PAPER_READERS, FLASHSPACE_ID, "kyc document"),
    *_listings("/api/virtualOffice", "virtual_office"),
    *_listings("/api/coworkingSpace", "coworking"),
    Row("GET", "/api/user/dashboard", EMAIL_VERIFIED, plain(200)),
    Row("GET", "/api/user/bookings", EMAIL_VERIFIED, plain(200)),
    Row("GET", "/api/user/bookings/<str:id>", EMAIL_VERIFIED, FLASHSPACE_ID, "active booking"),
    Row(
        "PATCH",
        "/api/user/bookings/<str:id>/auto-renew",
        EMAIL_VERIFIED,
        FLASHSPACE_ID,
        "active booking",
        fixed(autoRenew=True),
    ),
    Row(
        "GET",
        "/api/user/bookings/<str:id>/documents/<str:kind>",
        BEARER,
        FLASHSPACE_ID,
        "active booking",
        fills={"kind": "agreement"},
    ),
    Row("POST", "/api/bookings", VERIFIED_ANYHOW, answers(201, 201, 404, 404), "approved virtual_office", _booking),
    Row("POST", "/api/bookings", VERIFIED_ANYHOW, answers(404, 404, 404, 404), "pending virtual_office", _booking),
    Row("GET", "/api/bookings/my-bookings", SIGNED_IN, plain(200)),
    Row("GET", "/api/bookings/<str:id>", SIGNED_IN, NANO_ID, "waiting booking"),
    Row("PUT", "/api/bookings/<str:id>/cancel", SIGNED_IN, NANO_ID, "waiting booking"),
    Row("GET", "/api/user/invoices", EMAIL_VERIFIED, plain(200)),
    Row("GET", "/api/user/invoices/<str:id>", EMAIL_VERIFIED, FLASHSPACE_ID, "paid invoice"),
    Row("GET", "/api/user/invoices/<str:id>/pdf", BEARER, FLASHSPACE_ID, "paid invoice"),
    Row("POST", "/api/v1/payments", VERIFIED_ANYHOW, answers(201, 404, 404, 422), "open invoice", _payment),
    Row("POST", "/api/v1/payments/verify", VERIFIED_ANYHOW, answers(200, 404, 404, 422), "payment", _proof),
    Row("GET", "/api/v1/payments", VERIFIED_ANYHOW, plain(200)),
    Row("GET", "/api/v1/payments/<str:id>", VERIFIED_ANYHOW, NANO_ID, "payment"),
    Row(
        "POST",
        "/api/v1/payments/webhooks/<str:gateway>",
        PUBLIC,
        plain(400),
        fills={"gateway": "sandbox"},
        body=fixed(id="evt_unsigned", type="payment.captured", data={}),
    ),
]

API += [*WORKSPACE_ROWS, *PEOPLE_ROWS, *SECOND_FACTOR_ROWS, *RENTO_ROWS, *CONSULTANT_ROWS, *NANO_ROWS]

PAGES = [
    Row("GET", "/healthz", PUBLIC, plain(200)),
    Row("GET", "/readyz", PUBLIC, plain(200)),
    Row("GET", "/metrics", PUBLIC, plain(404)),  # there is no such page until METRICS_TOKEN is set
    Row("GET", "/uploads/<path:name>", PUBLIC, answers(200, 200, 404, 404), "photo"),
    Row("GET", "/images/default.png", PUBLIC, plain(200)),
    Row("GET", "/favicon.ico", PUBLIC, plain(302)),
    Row("GET", "/verify-email", PUBLIC, plain(200)),
    Row("GET", "/confirm-email", PUBLIC, plain(200)),
    Row("GET", "/keep-email", PUBLIC, plain(200)),
    Row("GET", "/reset-password", PUBLIC, plain(200)),
    Row("GET", "/auth/success", PUBLIC, plain(200)),
    Row("GET", "/invitation", PUBLIC, plain(200)),
    Row("GET", "/verify/invoice/<code>", PUBLIC, answers(200, 200, 404, 404), "invoice code"),
    Row("GET", "/verify/document/<code>", PUBLIC, answers(200, 200, 404, 404), "document code"),
    Row("GET", "/api/schema/<str:name>", PUBLIC, plain(200), fills={"name": "flashspace"}),
    Row("GET", "/api/docs/", PUBLIC, plain(200)),
    Row("GET", "/api", PUBLIC, plain(404)),
]

ROWS = [*API, *PAGES]
