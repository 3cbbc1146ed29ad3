"""A booking's page: where it stands and what is to be done, then its story, money, papers and notes."""

from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format

from accounts.admin.notes import notes_of
from accounts.admin.pages import link_to, page_of, staff_of, when
from accounts.enums import KycStatus
from accounts.models import KycProfile
from billing.admin.money import Money, money_of
from bookings.admin.colours import COLOURS
from bookings.enums import BookingStatus, DocumentKind
from bookings.models import Booking
from bookings.services.pricing import last_day
from flashspace.base.clock import now


class Step(NamedTuple):
    """What happens next, and where it is done."""

    text: str
    url: str = ""
    link: str = ""


def story_context(request: HttpRequest, booking: Booking) -> dict[str, Any]:
    viewer = staff_of(request)
    money = money_of(source_type="booking", source_id=booking.pk, viewer=viewer)
    papers = list(booking.documents.all()) if viewer.has_perm("bookings.view_bookingdocument") else None
    return {
        "booking": booking,
        "status_colour": COLOURS.get(BookingStatus(booking.status), ""),
        "step": next_step(booking, money, papers),
        "money": money,
        "papers": papers,
        "timeline": list_timeline(booking),
        "staff_notes": notes_of(request, booking),
    }


def list_timeline(booking: Booking) -> list[Any]:
    """The oldest first, each with `by`: who it was, as a link for who may go there."""
    entries: list[Any] = list(booking.timeline.select_related("actor").order_by("id"))
    for entry in entries:
        words = "the customer" if entry.actor_id == booking.customer_id else ""
        entry.by = link_to(entry.actor, words) if entry.actor else "the system"
    return entries


def next_step(booking: Booking, money: Money | None, papers: list[Any] | None) -> Step:
    status = BookingStatus(booking.status)
    if money and money.to_pay_back:
        return Step(f"{money.words}.", reverse("admin:billing_refund_changelist") + "?status__exact=owed", "Refunds")
    if status == BookingStatus.PENDING_PAYMENT:
        return _unpaid(booking)
    if status == BookingStatus.PENDING_KYC:
        return _waits_for_kyc(booking)
    if status == BookingStatus.ACTIVE:
        return _runs(booking, papers)
    if status == BookingStatus.EXPIRED:
        return Step(f"It ended on {_last(booking)}. Nothing is to be done.")
    return Step(f"It was cancelled on {when(booking.cancelled_at)}, {booking.get_cancel_reason_display().lower()}.")


def _unpaid(booking: Booking) -> Step:
    held = when(booking.hold_expires_at)
    if booking.hold_expires_at <= now():
        return Step(f"The hold ran out on {held}; it is released within minutes.")
    return Step(f"The customer has to pay by {held}, or the seats are free again.")


def _waits_for_kyc(booking: Booking) -> Step:
    case: KycProfile | None = getattr(booking.customer, "kyc", None)
    if case is None:
        return Step("Paid. The customer has to hand in KYC papers.", page_of(booking.customer), "The customer")
    words = {
        KycStatus.PENDING: "Paid. Their KYC case waits for a decision of ours.",
        KycStatus.RESUBMIT: "Paid. The customer was asked for other KYC papers.",
        KycStatus.REJECTED: "Paid, but their KYC case was rejected.",
        KycStatus.APPROVED: "Paid and KYC approved: it begins within minutes.",
    }
    text = words.get(KycStatus(case.status), "Paid. The customer has to hand in KYC papers.")
    return Step(text, page_of(case), "The KYC case")


def _runs(booking: Booking, papers: list[Any] | None) -> Step:
    missing = set(DocumentKind) - {paper.kind for paper in papers} if papers is not None else set()
    if missing and booking.documents_issued_at is None:
        return Step("Its documents are not complete yet; “Issue missing documents” makes them now.")
    renewal = "It renews by itself" if booking.auto_renew else "It does not renew by itself"
    return Step(f"It runs until {_last(booking)}. {renewal}.")


def _last(booking: Booking) -> str:
    return date_format(last_day(booking.end_on, booking.tenure_unit))
