"""Forty secrets, sent through every door there is; afterwards each may be found where it belongs and nowhere else."""

import io
import json
import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, TestCase
from django.test.client import MULTIPART_CONTENT
from django.urls import reverse

from accounts.models import KycDocument, User
from accounts.system_roles import ADMIN_ID
from billing.models import Payment
from flashspace.logging import make_formatter
from flashspace.settings.topics.logs import logging_config
from tests.accounts.api import CODE, LINK
from tests.accounts.papers import A_PDF
from tests.nets.cells import UNKNOWN, path_of
from tests.nets.desk_table import DESKS
from tests.nets.table import ROWS
from tests.nets.world import STAFF, World

JSON = "application/json"
OLD, NEW = "Canary-first-passw0rd-Kq7", "Canary-second-passw0rd-Zt3"
EMAIL = "canary@people.example"

# Where a person's own data may stand, as patterns of places.
OWN = r"answer:sender"
KYC_DESK = r"desk:(KYC|superuser)"
ANY_DESK = r"desk:(Support|KYC|Finance|Operators|superuser)"
BOOKING_DESK = r"desk:(Support|KYC|Finance|superuser)"
ANY_TABLE = r"table:"
KEPT_ANSWER = r"table:accounts\.idempotencykey\.body"

SMS_TO = r"table:accounts\.(sms\.to|otpchallenge\.identifier)$"


@dataclass
class Sent:
    """Each secret's value and where it may be found, and what the sender was answered."""

    values: dict[str, str] = field(default_factory=dict)
    belongs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    answers: list[str] = field(default_factory=list)

    def canary(self, name: str, value: str, *places: str) -> str:
        self.values[name], self.belongs[name] = value, places
        return value


@contextmanager
def listening() -> Iterator[io.StringIO]:
    """Everything that is logged, down to DEBUG, as production writes it."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(make_formatter("json"))
    handler.setLevel(logging.DEBUG)
    loggers = [logging.getLogger(name) for name in ("", "django", "django.request", "django.security", *_OURS)]
    template = logging.getLogger("django.template")
    before = [(one, one.level, one.propagate) for one in [*loggers, template]]
    for one in loggers:
        one.setLevel(logging.DEBUG)
        one.propagate = True
    template.setLevel(logging_config("debug", "json")["loggers"]["django.template"]["level"])
    logging.getLogger().addHandler(handler)
    try:
        yield text
    finally:
        logging.getLogger().removeHandler(handler)
        for one, level, propagates in before:
            one.setLevel(level)
            one.propagate = propagates


_OURS = ("accounts", "billing", "bookings", "listings", "flashspace", "support", "consultants")


class Person:
    """The sender: keeps every answer."""

    def __init__(self, sent: Sent) -> None:
        self.sent, self.client, self.token = sent, Client(raise_request_exception=False), ""

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        bearer = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        text = body if isinstance(body, bytes) else json.dumps(body if body is not None else {}).encode()
        with TestCase.captureOnCommitCallbacks(execute=True):
            answer = self.client.generic(method, path, text, JSON, headers={**bearer, **_dashed(headers)})
        return self._keep(answer)

    def upload(self, path: str, **fields: Any) -> Any:
        answer = self.client.post(path, fields, MULTIPART_CONTENT, headers={"Authorization": f"Bearer {self.token}"})
        return self._keep(answer)

    def _keep(self, answer: Any) -> Any:
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        self.sent.answers.append(body.decode(errors="replace") + str(dict(answer.headers)))
        return answer


def delivered(wanted: re.Pattern[str], to: str = EMAIL) -> str:
    """From the newest mail that has it, as its reader got it: in the database it is struck out by now."""
    texts = [str(one.body) for one in reversed(mail.outbox) if to in one.to]
    return next(found[1] for text in texts if (found := wanted.search(text)))


def _dashed(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def send_all(world: World) -> Sent:
    sent = Sent()
    person = Person(sent)
    _sign_up(sent, person)
    _sign_in(sent, person)
    _sms(sent, person)
    _links(sent, person, world)
    _headers_and_queries(sent, person)
    _kyc(sent, person)
    _book_and_pay(sent, person, world)
    _webhooks(sent, person)
    _listings(sent, person, world)
    _staff(sent, person, world)
    _every_door(sent, person, world)
    _every_field(sent, person, world)
    _passwords(sent, person)
    return sent


def _sign_up(sent: Sent, person: Person) -> None:
    sent.canary("password", OLD)
    phone = sent.canary("phone", "+919812345670", OWN, ANY_DESK, r"table:accounts\.user\.", SMS_TO, KEPT_ANSWER, BOOKED)
    body = {"email": EMAIL, "fullName": "Canary Bird", "password": OLD, "phoneNumber": phone}
    extra = {
        "secret": sent.canary("unknown key", "canary-unknown-key-1"),
        "apiKey": sent.canary("api key in a body", "sk_live_canary2Rr"),
        "ssn": {"nested": [sent.canary("nested unknown key", "canary-nested-3")]},
    }
    assert person("POST", "/api/auth/signup", {**body, **extra}).status_code == 201
    person("POST", "/api/auth/signup", {**body, "email": "not an address", "password": OLD})
    person("POST", "/api/auth/signup", b'{"password": "' + sent.canary("broken JSON", "canary-broken-4").encode())
    short = sent.canary("password in a refusal", "cnry5")
    person("POST", "/api/auth/signup", {**body, "email": "other-canary@people.example", "password": short})
    wrong = sent.canary("wrong code", "493817")
    person("POST", "/api/auth/verify-otp", {"email": EMAIL, "otp": wrong})
    person("POST", "/api/auth/verify-otp", {"email": EMAIL, "otp": sent.canary("malformed code", "canary-otp-6")})
    person("GET", "/api/auth/verify-email?token=" + sent.canary("wrong link", "canary-link-7"))
    sent.canary("link", delivered(LINK))
    code = sent.canary("code", delivered(CODE))
    assert person("POST", "/api/auth/verify-otp", {"email": EMAIL, "otp": code}).status_code == 200


def _sign_in(sent: Sent, person: Person) -> None:
    person("POST", "/api/auth/login", {"email": EMAIL, "password": sent.canary("wrong password", "Canary-wrong-8")})
    person("POST", "/api/auth/google", {"credential": sent.canary("google token", "eyJcanary9.eyJcanary.sig-canary9")})
    person("POST", "/api/auth/refresh-token", {"refreshToken": sent.canary("bad refresh token", "canary-refresh-10")})
    answer = person("POST", "/api/auth/login", {"email": EMAIL, "password": OLD}).json()
    person.token = sent.canary("access token", answer["accessToken"], OWN)
    refresh = sent.canary("refresh token", answer["refreshToken"], OWN)
    person("POST", "/api/auth/refresh-token", {"refreshToken": refresh})


def _sms(sent: Sent, person: Person) -> None:
    """nano's words: the phone is proved by a code that nobody but its reader sees."""
    phone, password = sent.values["phone"], sent.canary("wrong password by phone", "Canary-wrong-sms-41")
    person("POST", "/api/auth/login", {"identifier": phone, "password": password})
    bad = sent.canary("bad refresh token of nano", "canary-refresh-42")
    person("POST", "/api/auth/refresh", {"refresh_token": bad})
    assert person("POST", "/api/otp/send-sms", {"phone": phone}).status_code == 200
    files = sorted(Path(settings.EMAIL_FILE_PATH).glob("*.sms.txt"))
    code = sent.canary("code by SMS", files[-1].read_text().partition("\n\n")[2][:6])
    person("POST", "/api/otp/verify", {"identifier": phone, "otp": sent.canary("wrong code by SMS", "594127")})
    assert person("POST", "/api/otp/verify", {"identifier": phone, "otp": code}).status_code == 200
    assert person("POST", "/api/auth/login", {"identifier": phone, "password": OLD}).status_code == 200


def _links(sent: Sent, person: Person, world: World) -> None:
    """Live ones, in addresses that are nearly right: what refuses them is no view of ours."""
    asked, consultant = "asked-canary@people.example", "consultant-canary@people.example"
    own, person.token = person.token, world.tokens["owner"]
    assert person("POST", "/api/v1/invitations", {"email": asked, "role_id": ADMIN_ID}).status_code == 201
    person.token = own
    body = {"name": "Canary Bird", "email": consultant, "password": OLD}
    assert person("POST", "/api/v1/auth/signup", body).status_code == 201
    invitation = sent.canary("invitation in a path", delivered(LINK, asked))
    for path in ("invitations/accept", "invitations/token", "invitation/token", "Invitations//Accept"):
        _ask_nearly(person, f"/api/v1/{path}/{invitation}")
    verify = sent.canary("verify link in a path", delivered(LINK, consultant))
    for path in ("/api/v1/auth/verify-email", "/api/auth/verify-email", "/verify-email"):
        _ask_nearly(person, f"{path}/{verify}")


def _ask_nearly(person: Person, path: str) -> None:
    for method in ("GET", "POST"):
        for end in ("?a=%00", "/x", "/x?a=%00", "/x/y", "//", "%00", "%0a", "%20x", "'", ",x"):
            assert person(method, path + end).status_code in {400, 404, 405}, path + end


def _headers_and_queries(sent: Sent, person: Person) -> None:
    bad = {
        "Cookie": f"sessionid={sent.canary('cookie', 'canary-cookie-11')}",
        "X_Api_Key": sent.canary("api key header", "canary-api-key-12"),
        "X_CSRFToken": sent.canary("csrf token", "canary-csrf-13"),
        "Referer": f"https://elsewhere.example/?token={sent.canary('referer', 'canary-referer-14')}",
        "Proxy_Authorization": sent.canary("proxy authorization", "Basic canary15"),
    }
    query = "?api_key={}&password={}&otp={}".format(
        sent.canary("api key in a query", "canary-query-16"),
        sent.canary("password in a query", "Canary-query-17"),
        sent.canary("code in a query", "canary-query-18"),
    )
    token, person.token = person.token, sent.canary("bad bearer token", "canary.bearer.19")
    for path in ("/api/user/kyc", "/api/no-such-route", "/no-such-page", "/api/v1/payments", "/metrics"):
        person("GET", path + query, **bad)
    person.token = token
    for path in ("/api/user/kyc", "/api/user/bookings", "/api/user/invoices", "/api/no-such-route"):
        person("GET", path + query, **bad)
    agent = sent.canary("program", "canary-program-20", r"table:accounts\.session\.user_agent", DEVICES, TOLD)
    person("POST", "/api/auth/login", {"email": EMAIL, "password": OLD}, User_Agent=agent)


DEVICES = r"desk:(Support|Operators|superuser)"
TOLD = r"table:accounts\.mail\.(html|text)"  # which device has signed in
BOOKED = r"table:bookings\.booking\.customer_phone"


def _kyc(sent: Sent, person: Person) -> None:
    place, firm = r"table:accounts\.kycprofile\.", (OWN, INVOICED, CHANGED)
    body = {
        "panNumber": sent.canary("PAN", "CNRYP1234F", OWN, KYC_DESK, rf"{place}pan"),
        "gstNumber": sent.canary("GSTIN", "27CNRQC5678G1ZX", OWN, KYC_DESK, rf"{place}gstin", INVOICED),
        "cinNumber": sent.canary("CIN", "U78300DL2024PTC777777", OWN, KYC_DESK, rf"{place}cin"),
        "companyName": sent.canary("company", "Canary Company 21", ANY_DESK, rf"{place}company_name", *firm),
        "registeredAddress": sent.canary("address", "Canary Lane 22", KYC_DESK, rf"{place}registered", *firm),
        "companyType": "Private Limited",
    }
    assert person("PUT", "/api/user/kyc/business-info", body).status_code == 200
    refused = sent.canary("refused PAN", "CANARYPAN23-too-long-for-a-number-of-anything")
    person("PUT", "/api/user/kyc/business-info", {"panNumber": refused})
    inside = sent.canary("inside a paper", "canary-inside-24", OWN, PAPER_READERS)
    name = sent.canary("name of a file", "canary-file-25.pdf")
    paper = SimpleUploadedFile(name, A_PDF + f"%{inside}\n".encode())
    aadhaar = sent.canary("Aadhaar", "4991 1866 5246", OWN, r"table:accounts\.kycdocument\.name")
    typed = f"Aadhaar {aadhaar}"
    answer = person.upload("/api/user/kyc/upload", documentType="aadhaar_card", name=typed, file=paper)
    assert answer.status_code == 201, answer.content
    link = sent.canary(
        "key of a reference", "canary-reference-26", OWN, KYC_DESK, r"table:accounts\.kycdocument\.file_url"
    )
    url = f"https://files.example.com/paper.pdf?key={link}"
    person("POST", "/api/user/kyc/upload", {"documentType": "pan_card", "fileUrl": url})
    documents = KycDocument.objects.filter(profile__user__email=EMAIL)
    for one in documents:
        person("GET", f"/api/user/kyc/documents/{one.pk}/file")
        person("GET", f"/api/user/kyc/documents/{one.pk}/file?token={sent.canary('bad paper link', 'canary-paper-27')}")
    person("GET", "/api/user/kyc")


CHANGED = r"table:accounts\.auditentry\.(before|after)"  # who wrote which name and address; never a number
PAPER_READERS = r"desk:(KYC|superuser)"
INVOICED = r"table:billing\.invoice\.billing_|desk:(Support|Finance|superuser)|table:bookings\.bookingdocument\.holder"


def _book_and_pay(sent: Sent, person: Person, world: World) -> None:
    space = world.things["approved virtual_office"]["owner"]
    account = sent.canary("account number in a note", "50100287743219", OWN, BOOKING_DESK, NOTE, KEPT_ANSWER)
    key = sent.canary(
        "idempotency key", "canary-key-28", r"table:accounts\.idempotencykey\.key", r"desk:(Operators|superuser)"
    )
    wish = {"property_id": space, "plan": "gst", "tenure": 12, "notes": f"Refund to {account}"}
    booked = person("POST", "/api/bookings", wish, Idempotency_Key=key)
    assert booked.status_code == 201, booked.content
    invoice = str(User.objects.get(email=EMAIL).bookings.latest("created_at").invoice_id)
    start = {"gateway": "sandbox", "payment_type": "invoice", "invoice_id": invoice}
    card = {"card_number": sent.canary("card", "4111111111111111"), "cvv": sent.canary("cvv", "canary-cvv-29")}
    started = person("POST", "/api/v1/payments", {**start, **card})
    assert started.status_code == 201, started.content
    payment = Payment.objects.get(invoice=invoice)
    proof = {
        "payment_id": str(payment.pk),
        "transaction_id": payment.transaction_id,
        "razorpay_signature": sent.canary("proof", "canary-proof-30"),
        **card,
    }
    person(
        "POST", "/api/v1/payments/verify", {**proof, "transaction_id": sent.canary("bad transaction", "canary-tr-31")}
    )
    assert person("POST", "/api/v1/payments/verify", proof).status_code == 200
    for path in ("/api/user/bookings", "/api/user/invoices", "/api/bookings/my-bookings", "/api/v1/payments"):
        person("GET", path)
    person("GET", "/api/user/bookings/" + sent.canary("bad id", "canary-id-32", OWN))


NOTE = r"table:bookings\.booking\.notes"


def _webhooks(sent: Sent, person: Person) -> None:
    for gateway, header in (("sandbox", "X_Sandbox_Signature"), ("razorpay", "X_Razorpay_Signature")):
        body = {"id": "evt_canary", "key": sent.canary(f"event of {gateway}", f"canary-event-33-{gateway}")}
        signature = sent.canary(f"signature of {gateway}", f"canary-signature-34-{gateway}")
        person("POST", f"/api/v1/payments/webhooks/{gateway}", body, **{header: signature})


def _listings(sent: Sent, person: Person, world: World) -> None:
    token, person.token = person.token, world.tokens["owner"]
    body = {"area": "Bandra", "internalNote": sent.canary("unknown key of a listing", "canary-listing-35")}
    for row in world.things["approved virtual_office"].values():
        person("PUT", f"/api/virtualOffice/update/{row}", body)
    person.token = token


def _staff(sent: Sent, person: Person, world: World) -> None:
    """At the desk: a wrong password, a search, a reason."""
    password = sent.canary("wrong password of staff", "Canary-staff-36")
    person.client.post("/admin/login/", {"username": world.users["Support"].email, "password": password})
    boss = world.client("superuser")
    sent.canary(
        "session of staff", boss.cookies[settings.SESSION_COOKIE_NAME].value, r"table:sessions\.session\.session_key"
    )
    boss.get("/admin/accounts/user/?q=" + sent.canary("search of staff", "canary-search-37"))


def _every_door(sent: Sent, person: Person, world: World) -> None:
    """Whatever opens something, at every call that takes such a thing, by the bodies of the table."""
    for row in ROWS:
        if row.body is None or row.is_form:
            continue
        body = row.body(world, "customer", UNKNOWN[""])
        for name in sorted(body.keys() & OPENERS):
            body[name] = sent.canary(f"{name} at {row.key}", f"Canary-d00r-{len(sent.values)}-{name}")
        if body.keys() & OPENERS:
            person(row.method, path_of(row, UNKNOWN[""]), body)


def _every_field(sent: Sent, person: Person, world: World) -> None:
    """Every other text of the table's bodies, one at a time and too odd for most: where it is taken, it is the sender's
    and for staff to see.
    """
    for row in ROWS:
        body = row.body(world, "customer", UNKNOWN[""]) if row.body is not None and not row.is_form else {}
        for name in sorted(name for name, value in body.items() if isinstance(value, str) and name not in OPENERS):
            text = sent.canary(f"{name} at {row.key}", f"Canary-f1eld-{len(sent.values)}", OWN, ANY_TABLE, ANY_DESK)
            person(row.method, path_of(row, UNKNOWN[""]), {**body, name: text})


OPENERS = {
    "password", "currentPassword", "newPassword", "current_password", "new_password", "token", "otp", "code",
    "credential", "refreshToken", "refresh_token", "idToken", "mfa_code", "mfaCode", "temp_token", "temp_setup_token",
}  # fmt: skip


def _passwords(sent: Sent, person: Person) -> None:
    change = {"currentPassword": OLD, "newPassword": sent.canary("second password", NEW)}
    assert person("POST", "/api/auth/change-password", change).status_code == 200
    person("POST", "/api/auth/forgot-password", {"email": EMAIL})
    reset = sent.canary("reset link", delivered(LINK))
    wrong = {"token": sent.canary("wrong reset link", "canary-reset-38"), "newPassword": NEW}
    person("POST", "/api/auth/reset-password", wrong)
    third = sent.canary("third password", "Canary-third-passw0rd-39")
    assert person("POST", "/api/auth/reset-password", {"token": reset, "newPassword": third}).status_code == 200
    answer = person("POST", "/api/auth/login", {"email": EMAIL, "password": third}).json()
    person.token = sent.canary("second access token", answer["accessToken"], OWN)
    person("GET", "/api/auth/profile")


# Looking for them


def hits(sent: Sent, places: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Which secret stands in which place."""
    found = set()
    patterns = [(name, value.lstrip("+"), _pattern(value)) for name, value in sent.values.items()]
    for place, text in places:
        found |= {(name, place) for name, core, pattern in patterns if core in text and pattern.search(text)}
    return found


def _pattern(value: str) -> re.Pattern[str]:
    """The value itself: digits not as a part of longer ones, nor as the fraction of a second."""
    if value.isdigit():
        return re.compile(rf"(?<![0-9a-f-])(?<!:\d\d\.){value}(?![0-9a-f-])")
    return re.compile(re.escape(value).replace(r"\+", r"(?:\+|%2B|&#x2B;)"))


def misplaced(sent: Sent, found: Iterable[tuple[str, str]]) -> list[str]:
    return sorted(
        f"{name} stands in {place}"
        for name, place in found
        if not any(re.match(allowed, place) for allowed in sent.belongs[name])
    )


def behind(sent: Sent, log: str) -> Iterator[tuple[str, str]]:
    """What nobody is shown, and what the sender was answered."""
    yield from (("answer:sender", text) for text in sent.answers)
    yield "log", log
    yield from tables()
    yield from cached()


def tables() -> Iterator[tuple[str, str]]:
    """Every column of every row."""
    for model in apps.get_models():
        columns: dict[str, list[str]] = {}
        for row in model._default_manager.order_by("-pk").values():
            for name, value in row.items():
                columns.setdefault(name, []).append(str(value))
        yield from ((f"table:{model._meta.label_lower}.{name}", "\n".join(texts)) for name, texts in columns.items())


def cached() -> Iterator[tuple[str, str]]:
    memory = getattr(cache, "_cache", None)
    if isinstance(memory, dict):
        yield from (("cache", f"{key} {value!r}") for key, value in memory.items())


def shown_to(world: World, actor: str) -> Iterator[tuple[str, str]]:
    yield from others(world, actor)
    if actor in STAFF:
        yield from desk_of(world, actor)


def others(world: World, actor: str) -> Iterator[tuple[str, str]]:
    """What somebody else is answered to every GET, with the sender's ids in it."""
    theirs = _things_of(User.objects.get(email=EMAIL))
    client = world.client(actor)
    for row in ROWS:
        if row.method == "GET":
            answer = client.get(path_of(row, theirs.get(row.thing) or UNKNOWN[""]))
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            place = f"desk:{actor}" if actor in STAFF and answer.status_code == 200 else f"answer:{actor}"
            yield place, body.decode(errors="replace") + str(dict(answer.headers))


def _things_of(user: User) -> dict[str, str]:
    booking = user.bookings.latest("created_at")
    document = KycDocument.objects.filter(profile__user=user).exclude(file="").latest("uploaded_at")
    known = {
        "active booking": booking.pk,
        "waiting booking": booking.pk,
        "paid invoice": booking.invoice_id,
        "open invoice": booking.invoice_id,
        "payment": booking.invoice.payments.latest("created_at").pk,
        "kyc document": document.pk,
    }
    return {name: str(found) for name, found in known.items()}


def desk_of(world: World, actor: str, labels: Iterable[str] = DESKS) -> Iterator[tuple[str, str]]:
    """Every list and the pages of the newest rows, as one of the staff sees them."""
    client = world.client(actor)
    for label in labels:
        name = f"admin:{label.replace('.', '_')}"
        seen = client.get(reverse(f"{name}_changelist"))
        yield f"desk:{actor}", seen.content.decode(errors="replace")
        if seen.status_code != 200:
            continue  # the matrix holds that no page of it is theirs either
        newest = list(apps.get_model(label)._default_manager.order_by("-pk").values_list("pk", flat=True)[:3])
        urls = [reverse(f"{name}_change", args=[pk]) for pk in newest]
        for url in [*urls, *(reverse(f"{name}_history", args=[pk]) for pk in newest[:1])]:
            yield f"desk:{actor}", client.get(url).content.decode(errors="replace")
    yield f"desk:{actor}", client.get("/admin/").content.decode(errors="replace")
