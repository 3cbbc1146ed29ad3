"""Calls in any order that hypothesis thinks of: what follows from one must hold in every later one."""

from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from accounts.models import User
from accounts.services.kyc_review import approve_case
from billing.enums import PaymentStatus
from billing.models import Payment
from tests.accounts.api import CODE
from tests.factories.bookings import make_seller, make_space
from tests.factories.kyc import make_case, make_reviewer
from tests.nets.fuzz_cases import cases
from tests.nets.fuzz_wire import Reply
from tests.nets.hostile import HOSTILE
from tests.nets.sequences import Sequence, run
from tests.nets.test_fuzz import on_one_database

pytestmark = [pytest.mark.net, pytest.mark.slow]

PASSWORD, NEXT_PASSWORD = "securePassword123", "another-Passw0rd"
SEQUENCES = max(200, cases() // 10)
STEPS = 12
PARTS = SEQUENCES // 20  # so short that a busy machine ends each in time
hostile = st.sampled_from([one.value for one in HOSTILE])
number = st.integers(0, 50)


class Person:
    """Somebody who signed up, and all that was ever handed out to them."""

    def __init__(self) -> None:
        self.email = f"{uuid4().hex}@people.example"
        self.password = PASSWORD
        self.is_verified = False
        self.token = ""
        self.refresh = ""
        self.stale: list[str] = []
        self.bookings: list[str] = []
        self.cancelled: set[str] = set()
        self.invoices: list[str] = []
        self.payments: list[tuple[str, str]] = []


class Customers(Sequence):
    """Two people at one catalogue. Whatever is one's own is never the other's."""

    def __init__(self) -> None:
        super().__init__()
        make_seller()
        self.reviewer = make_reviewer()
        self.spaces = [str(make_space(total_seats=3).pk), str(make_space().pk)]
        self.people = [Person(), Person()]
        self.me = self.people[0]

    @property
    def other(self) -> Person:
        return next(one for one in self.people if one is not self.me)

    @rule()
    def change_seats(self) -> None:
        self.me = self.other

    @rule()
    def sign_up(self) -> None:
        body = {"email": self.me.email, "fullName": "Asha Rao", "password": PASSWORD}
        reply = self.call("POST", "/api/auth/signup", body, token="")
        self.hold(reply.status in (201, 409, 400), f"sign-up answered {reply.status}")
        if reply.status == 201 and not self.me.is_verified:
            self.verify()

    def verify(self) -> None:
        newest = next(one for one in reversed(mail.outbox) if one.to == [self.me.email] and CODE.search(one.body))
        body = {"email": self.me.email, "otp": CODE.search(newest.body)[1]}  # type: ignore[index]
        reply = self.call("POST", "/api/auth/verify-otp", body, token="")
        self.hold(reply.status == 200, "the code from the mail is refused")
        self.me.is_verified = True
        self.sign_in()

    @rule()
    def sign_in(self) -> None:
        body = {"email": self.me.email, "password": self.me.password}
        reply = self.call("POST", "/api/auth/login", body, token="")
        if self.me.is_verified:
            self.hold(reply.status == 200, "the right password is refused")
            tokens = reply.json()
            self.me.token, self.me.refresh = tokens["accessToken"], tokens["refreshToken"]

    @precondition(lambda self: self.me.token)
    @rule(path=st.sampled_from(["/api/auth/logout", "/api/auth/logout-all"]))
    def sign_out(self, path: str) -> None:
        reply = self.call("POST", path)
        self.hold(reply.status == 200, "signing out is refused")
        self.me.stale.append(self.me.token)
        self.me.token = ""

    @precondition(lambda self: self.me.stale)
    @rule(path=st.sampled_from(["/api/user/dashboard", "/api/user/kyc", "/api/bookings/my-bookings"]))
    def use_a_stale_token(self, path: str) -> None:
        for token in self.me.stale:
            self.hold(self.call("GET", path, token=token).status == 401, "a stale token opens")

    @precondition(lambda self: self.me.token)
    @rule(at=number, plan=st.sampled_from(["gst", "mailing", "day", "seat", "br"]), quantity=st.integers(-1, 4))
    def book(self, at: int, plan: str, quantity: int) -> None:
        body = {"property_id": self.spaces[at % 2], "plan": plan, "quantity": quantity}
        self.keep(self.call("POST", "/api/bookings", body | ({} if plan == "day" else {"tenure": at})))

    @precondition(lambda self: self.me.token)
    @rule(name=st.sampled_from(["notes", "customer_name", "start_date", "tenure", "quantity", "plan"]), value=hostile)
    def book_with_something_hostile(self, name: str, value: Any) -> None:
        body = {"property_id": self.spaces[1], "plan": "gst", "tenure": 1, name: value}
        self.keep(self.call("POST", "/api/bookings", body))

    def keep(self, reply: Reply) -> None:
        if reply.status == 201:
            made = reply.json()
            self.me.bookings.append(made["booking"]["id"])
            self.me.invoices.append(made["invoice"]["id"])

    @precondition(lambda self: self.me.bookings)
    @rule(at=number)
    def cancel(self, at: int) -> None:
        booking = self.me.bookings[at % len(self.me.bookings)]
        reply = self.call("PUT", f"/api/bookings/{booking}/cancel")
        if booking in self.me.cancelled:
            self.hold(reply.status in (400, 401, 409), f"cancelled twice: {reply.status}")
        if reply.status == 200:
            self.me.cancelled.add(booking)

    @precondition(lambda self: self.me.invoices and self.me.token)
    @rule(at=number)
    def begin_to_pay(self, at: int) -> None:
        index = at % len(self.me.invoices)
        body = {"gateway": "sandbox", "payment_type": "invoice", "invoice_id": self.me.invoices[index]}
        reply = self.call("POST", "/api/v1/payments", body)
        if self.me.bookings[index] in self.me.cancelled:
            self.hold(reply.status != 201, "a cancelled booking is paid for")
        if reply.status == 201:
            payment = reply.json()["data"]["payment"]
            self.me.payments.append((payment["id"], payment["transaction_id"]))

    @precondition(lambda self: self.me.payments and self.me.token)
    @rule(at=number, proof=st.one_of(st.just("right"), st.just("fail"), hostile))
    def finish_paying(self, at: int, proof: Any) -> None:
        payment, transaction_id = self.me.payments[at % len(self.me.payments)]
        was_paid = self.is_paid(payment)
        body = {"payment_id": payment, "transaction_id": transaction_id if proof == "right" else proof}
        reply = self.call("POST", "/api/v1/payments/verify", body)
        is_paid = self.is_paid(payment)
        if proof == "right":
            self.hold(is_paid, f"proved money is not taken: {reply.status}")
        else:
            self.hold(is_paid == was_paid, "money came or went without proof")
        if reply.status == 200:
            invoice = reply.json()["data"]["invoice"]
            self.hold(is_paid and invoice["status"] == "paid", "called paid and is not")
            paid = dict(zip(self.me.invoices, self.me.bookings, strict=True))[invoice["id"]]
            self.hold(paid not in self.me.cancelled, "a cancelled booking is paid for")

    def is_paid(self, payment: str) -> bool:
        return Payment.objects.get(pk=payment).status == PaymentStatus.COMPLETED

    @precondition(lambda self: self.me.token)
    @rule(name=st.sampled_from(["companyName", "gstNumber", "registeredAddress", "panNumber"]), value=hostile)
    def say_who_the_company_is(self, name: str, value: Any) -> None:
        body = {"companyName": "Talenode Analytics Pvt Ltd", "companyType": "Private Limited", name: value}
        self.call("PUT", "/api/user/kyc/business-info", body)

    @precondition(lambda self: self.me.token)
    @rule()
    def send_a_paper(self) -> None:
        body = {"documentType": "pan_card", "fileUrl": "https://storage.example.com/pan.pdf"}
        self.call("POST", "/api/user/kyc/upload", body)

    @precondition(lambda self: self.me.is_verified)
    @rule()
    def be_approved(self) -> None:
        approve_case(case=make_case(user=User.objects.get(email=self.me.email)), actor=self.reviewer)

    @precondition(lambda self: self.me.token and self.me.bookings)
    @rule(at=number, on=st.booleans())
    def look_at_all_of_mine(self, at: int, on: bool) -> None:
        booking = self.me.bookings[at % len(self.me.bookings)]
        self.call("PATCH", f"/api/user/bookings/{booking}/auto-renew", {"autoRenew": on})
        for kind in ("agreement", "noc", "../x"):
            self.call("GET", f"/api/user/bookings/{booking}/documents/{kind}")
        for path in ("/api/user/bookings", "/api/user/invoices", "/api/user/dashboard", "/api/v1/payments"):
            self.hold(self.call("GET", path).status == 200, f"{path} cannot be read")

    @precondition(lambda self: self.me.token and self.other.bookings)
    @rule(at=number)
    def reach_for_what_is_not_mine(self, at: int) -> None:
        index = at % len(self.other.bookings)
        booking, invoice = self.other.bookings[index], self.other.invoices[index]
        body = {"gateway": "sandbox", "payment_type": "invoice", "invoice_id": invoice}
        tries = [
            self.call("GET", f"/api/bookings/{booking}"),
            self.call("PUT", f"/api/bookings/{booking}/cancel"),
            self.call("GET", f"/api/user/bookings/{booking}"),
            self.call("PATCH", f"/api/user/bookings/{booking}/auto-renew", {"autoRenew": True}),
            self.call("GET", f"/api/user/invoices/{invoice}"),
            self.call("GET", f"/api/user/invoices/{invoice}/pdf"),
            self.call("POST", "/api/v1/payments", body),
        ]
        tries += [self.call("GET", f"/api/v1/payments/{payment}") for payment, _ in self.other.payments]
        self.hold({one.status for one in tries} == {404}, "something foreign is there")


@on_one_database
@pytest.mark.parametrize("part", range(PARTS))
def test_any_order_of_calls_leaves_everything_whole(part: int, db: None, settings: Any) -> None:
    settings.RATE_LIMITS = "off"
    run(Customers, part, sequences=-(-SEQUENCES // PARTS), steps=STEPS)
