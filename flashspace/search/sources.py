"""Where is looked for which kind of thing, and how what is found is told."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q, QuerySet

from accounts import finding as people_finding
from accounts.finding import Kind, Term, sort_found
from accounts.models import KycProfile, Mail, User
from accounts.phones import written_phone
from billing import finding as money_finding
from billing.models import GatewayEvent, Invoice, Payment, Refund
from bookings import finding as booking_finding
from bookings.models import Booking, BookingDocument
from flashspace.base.money import format_rupees
from listings import finding as space_finding
from listings.models import Space


@dataclass(frozen=True)
class Source:
    """`tell` gives the title and what is said after it."""

    title: str
    icon: str
    model: type[Model]
    kinds: frozenset[Kind]
    find: Callable[[Term], Q]
    tell: Callable[[Any], tuple[str, str]]
    only: tuple[str, ...]

    @property
    def permission(self) -> str:
        return f"{self.model._meta.app_label}.view_{self.model._meta.model_name}"

    def rows(self, term: Term) -> "QuerySet[Any]":
        related = {name.split("__")[0] for name in self.only if "__" in name}
        rows = self.model._default_manager.filter(self.find(term)).only(*self.only)  # noqa: SLF001
        return sort_found(rows.select_related(*related) if related else rows, term)


def _person(user: User) -> tuple[str, str]:
    state = "" if user.is_active else ", deactivated"
    return str(user), f"{user.email}{', ' + written_phone(user.phone) if user.phone else ''}{state}"


def _booking(booking: Booking) -> tuple[str, str]:
    return booking.number, f"{booking.get_status_display()}, {booking.snapshot['name']}, {booking.customer.email}"


def _invoice(invoice: Invoice) -> tuple[str, str]:
    whom = invoice.billing_company or invoice.billing_name
    return str(invoice), f"{invoice.get_status_display()}, {format_rupees(invoice.total)}, {whom}"


def _payment(payment: Payment) -> tuple[str, str]:
    return str(payment), f"{payment.get_status_display()}, {format_rupees(payment.amount)}"


def _refund(refund: Refund) -> tuple[str, str]:
    return format_rupees(refund.amount), f"{refund.get_status_display()}, {refund.reference}"


def _event(event: GatewayEvent) -> tuple[str, str]:
    return str(event), f"{event.get_outcome_display()}, {event.transaction_id}"


def _document(document: BookingDocument) -> tuple[str, str]:
    return document.number, document.holder


def _case(case: KycProfile) -> tuple[str, str]:
    return case.company_name or case.user.email, case.get_status_display()


def _space(space: Space) -> tuple[str, str]:
    return space.name, f"{space.get_status_display()}, {space.area}, {space.city}".replace(", ,", ",")


def _mail(mail: Mail) -> tuple[str, str]:
    return mail.subject, f"{mail.get_status_display()}, {mail.to}"


PEOPLE = frozenset({Kind.EMAIL, Kind.PHONE, Kind.WORDS, Kind.ID, Kind.GSTIN, Kind.PAN, Kind.CIN})
NUMBERS = frozenset({Kind.CODE, Kind.ID})
REACHED = frozenset({Kind.CODE, Kind.ID, Kind.EMAIL, Kind.PHONE})
SOURCES = (
    Source(
        "Customer",
        "person",
        User,
        PEOPLE,
        people_finding.people,
        _person,
        ("full_name", "email", "phone", "is_active"),
    ),
    Source(
        "Booking",
        "event_available",
        Booking,
        REACHED,
        booking_finding.bookings,
        _booking,
        ("number", "status", "snapshot", "customer__email"),
    ),
    Source(
        "Invoice",
        "receipt_long",
        Invoice,
        NUMBERS | {Kind.GSTIN, Kind.WORDS},
        money_finding.invoices,
        _invoice,
        ("number", "status", "total", "billing_name", "billing_company"),
    ),
    Source(
        "Payment",
        "payments",
        Payment,
        NUMBERS,
        money_finding.payments,
        _payment,
        ("gateway", "transaction_id", "status", "amount"),
    ),
    Source(
        "Refund",
        "currency_rupee",
        Refund,
        frozenset({Kind.CODE}),
        money_finding.refunds,
        _refund,
        ("amount", "status", "reference"),
    ),
    Source(
        "Gateway event",
        "webhook",
        GatewayEvent,
        frozenset({Kind.CODE}),
        money_finding.events,
        _event,
        ("gateway", "kind", "outcome", "transaction_id"),
    ),
    Source(
        "Document", "description", BookingDocument, NUMBERS, booking_finding.documents, _document, ("number", "holder")
    ),
    Source(
        "KYC case",
        "badge",
        KycProfile,
        frozenset({Kind.GSTIN, Kind.PAN, Kind.CIN, Kind.WORDS}),
        people_finding.cases,
        _case,
        ("company_name", "status", "user__email"),
    ),
    Source(
        "Space",
        "apartment",
        Space,
        frozenset({Kind.WORDS, Kind.ID}),
        space_finding.spaces,
        _space,
        ("name", "status", "area", "city"),
    ),
    Source("Mail", "mail", Mail, frozenset({Kind.EMAIL}), people_finding.mails, _mail, ("subject", "status", "to")),
)
