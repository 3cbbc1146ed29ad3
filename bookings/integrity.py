"""What must hold of bookings on a live database. `manage.py check_integrity` runs every rule."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import groupby, pairwise
from operator import attrgetter, itemgetter
from typing import Final, NamedTuple
from uuid import UUID

from django.db.models import Count, Q
from django.db.models.functions import Length

from accounts.enums import KycStatus
from billing.enums import UNPAID, InvoiceStatus
from billing.models import NumberSeries
from bookings.enums import BookingStatus, TimelineStatus
from bookings.exceptions import DocumentDamaged
from bookings.models import Booking, BookingDocument, TimelineEntry
from bookings.services.booking import SERIES
from bookings.services.capacity import Stay, peak_seats
from bookings.services.documents import read_document
from bookings.services.papers import kinds_of
from flashspace.base.clock import now, today
from flashspace.base.integrity import Findings, findings, rule
from listings.models import Space

PATIENCE: Final = timedelta(hours=2)  # of a sweep that runs every hour
CLOCK_SKEW: Final = timedelta(seconds=5)  # between two servers that write one timeline
_Taken = tuple[UUID, date, date, int]
FILES_READ: Final = 2000
CHUNK: Final = 5000

PAID: Final = (BookingStatus.PENDING_KYC, BookingStatus.ACTIVE, BookingStatus.EXPIRED)
SIDE_NOTES: Final = {TimelineStatus.AUTO_RENEW_ON, TimelineStatus.AUTO_RENEW_OFF}
# what may follow what, once side notes are left out
STORY: Final[dict[str, set[str]]] = {
    "": {TimelineStatus.CREATED},
    TimelineStatus.CREATED: {TimelineStatus.PAYMENT_RECEIVED, TimelineStatus.CANCELLED},
    TimelineStatus.PAYMENT_RECEIVED: {TimelineStatus.KYC_APPROVED, TimelineStatus.ACTIVE, TimelineStatus.CANCELLED},
    TimelineStatus.KYC_APPROVED: {TimelineStatus.ACTIVE},
    TimelineStatus.ACTIVE: {TimelineStatus.EXPIRED, TimelineStatus.CANCELLED},
    TimelineStatus.EXPIRED: set(),
    # cancelled twice: money came for what was cancelled and goes back
    TimelineStatus.CANCELLED: {TimelineStatus.REVIVED, TimelineStatus.CANCELLED},
    TimelineStatus.REVIVED: {TimelineStatus.PAYMENT_RECEIVED},
}
LAST_WORD: Final[dict[str, str]] = {
    BookingStatus.PENDING_PAYMENT: TimelineStatus.CREATED,
    BookingStatus.PENDING_KYC: TimelineStatus.PAYMENT_RECEIVED,
    BookingStatus.ACTIVE: TimelineStatus.ACTIVE,
    BookingStatus.EXPIRED: TimelineStatus.EXPIRED,
    BookingStatus.CANCELLED: TimelineStatus.CANCELLED,
}


@rule("I-S1", "On no day from today are more seats of a space taken than it has")
def no_space_is_oversold() -> Findings:
    limits = dict(Space.objects.filter(total_seats__isnull=False).values_list("pk", "total_seats"))
    at = now()
    live = Booking.objects.taking_seats(at).filter(space__total_seats__isnull=False, end_on__gt=today(at))
    rows = live.order_by("space").values_list("space", "start_on", "end_on", "seats")
    return findings(len(limits), _oversold(rows.iterator(CHUNK), limits, at))


def _oversold(rows: Iterator[_Taken], limits: dict[UUID, int | None], at: datetime) -> Iterator[str]:
    for space, taken in groupby(rows, key=itemgetter(0)):
        stays = [Stay(start_on, end_on, seats) for _, start_on, end_on, seats in taken]
        peak = peak_seats(stays, start_on=today(at), end_on=max(stay.end_on for stay in stays))
        if peak > (limits[space] or 0):
            yield f"space {space}: {peak} of {limits[space]} seats are taken"


@rule("I-S2", "Seats are given back in time: no hold and no booking outlives its end by two hours")
def seats_are_given_back() -> Findings:
    at = now() - PATIENCE
    unpaid = Q(status=BookingStatus.PENDING_PAYMENT, hold_expires_at__lte=at)
    ended = Q(status=BookingStatus.ACTIVE, end_on__lte=today(at))
    late = Booking.objects.filter(unpaid | ended).values_list("number", "status")
    return findings(_count(), (f"{number} is still {status}" for number, status in late))


@rule("I-B1", "An active booking was paid, its KYC was approved, and the customer has a KYC case")
def active_bookings_earned_it() -> Findings:
    active = Booking.objects.filter(status=BookingStatus.ACTIVE)
    told = TimelineEntry.objects.filter(booking__status=BookingStatus.ACTIVE)
    paid = told.filter(status=TimelineStatus.PAYMENT_RECEIVED).values("booking")
    approved = told.filter(status=TimelineStatus.KYC_APPROVED).values("booking")
    lacking = active.filter(~Q(pk__in=paid) | ~Q(pk__in=approved) | Q(customer__kyc__isnull=True))
    return findings(active.count(), (f"{number} lacks a step" for number in lacking.values_list("number", flat=True)))


class _Told(NamedTuple):
    booking: UUID
    number: str
    booking_status: str
    status: str
    at: datetime


@rule("I-B2", "A booking's timeline is a legal story in order of time, and ends with its status")
def timelines_are_legal() -> Findings:
    rows = TimelineEntry.objects.order_by("booking", "id").values_list(
        "booking", "booking__number", "booking__status", "status", "at"
    )
    silent = Booking.objects.filter(timeline__isnull=True).values_list("number", flat=True)
    broken = [f"{number} has no timeline" for number in silent]
    for _, entries in groupby(map(_Told._make, rows.iterator(CHUNK)), key=attrgetter("booking")):
        broken += _broken_story(list(entries))
    return findings(_count(), broken)


def _broken_story(entries: list[_Told]) -> Iterator[str]:
    number, status = entries[0].number, entries[0].booking_status
    words = [entry.status for entry in entries if entry.status not in SIDE_NOTES]
    if any(after not in STORY.get(before, ()) for before, after in pairwise(["", *words])):
        yield f"{number}: {' → '.join(words)} is no story"
    if not words or words[-1] != LAST_WORD.get(status):
        yield f"{number} is {status}, its timeline says otherwise"
    times = [entry.at for entry in entries]
    if any(later < earlier - CLOCK_SKEW for earlier, later in pairwise(times)):
        yield f"{number}: its timeline goes back in time"


@rule("I-B3", "A booking's status is one of five, and only a cancelled one says why")
def statuses_are_known() -> Findings:
    known = Q(status__in=BookingStatus.values)
    says_why = Q(status=BookingStatus.CANCELLED) & ~Q(cancel_reason="")
    silent = ~Q(status=BookingStatus.CANCELLED) & Q(cancel_reason="", cancelled_at__isnull=True)
    broken = Booking.objects.exclude(known & (says_why | silent)).values_list("number", "status")
    return findings(_count(), (f"{number} is {status}" for number, status in broken))


@rule("I-B4", "A booking costs its price times quantity times tenure, and its invoice bills that to its customer")
def prices_are_right() -> Findings:
    rows = Booking.objects.exclude(invoice=None).values_list(
        "number",
        "total_amount",
        "unit_price",
        "quantity",
        "tenure",
        "invoice__total",
        "invoice__source_id",
        "pk",
        "invoice__customer",
        "customer",
    )
    return findings(
        _count(),
        (
            f"{number}: {total} is not what was to be paid"
            for number, total, price, quantity, tenure, billed, source, pk, payer, customer in rows.iterator(CHUNK)
            if not (total == price * quantity * tenure == billed and source == pk and payer == customer)
        ),
    )


@rule("I-B5", "A booking and its invoice agree on whether it is paid, owed or cancelled")
def bookings_agree_with_invoices() -> Findings:
    agreed = (
        Q(status=BookingStatus.PENDING_PAYMENT, invoice__status__in=UNPAID)
        | Q(status__in=PAID, invoice__status=InvoiceStatus.PAID)
        | Q(status=BookingStatus.CANCELLED, invoice__status__in=(InvoiceStatus.PAID, InvoiceStatus.CANCELLED))
    )
    billed = Booking.objects.exclude(invoice=None)
    broken = billed.exclude(agreed).values_list("number", "status", "invoice__status")
    return findings(_count(), (f"{number} is {status}, its invoice {other}" for number, status, other in broken))


@rule("I-B6", "No paid booking waits for a KYC that is approved")
def nobody_waits_in_vain() -> Findings:
    waiting = Booking.objects.filter(status=BookingStatus.PENDING_KYC)
    forgotten = waiting.filter(customer__kyc__status=KycStatus.APPROVED).values_list("number", flat=True)
    return findings(waiting.count(), (f"{number} could begin" for number in forgotten))


@rule("I-B7", "A booking whose papers were issued has all of them")
def papers_are_complete() -> Findings:
    issued = Booking.objects.filter(status=BookingStatus.ACTIVE, documents_issued_at__isnull=False)
    counted = issued.annotate(papers=Count("documents")).only("number", "kind", "plan_code")
    broken = (f"{one.number} lacks a paper" for one in counted.iterator(CHUNK) if one.papers != len(kinds_of(one)))
    return findings(issued.count(), broken)


@rule("I-B8", f"The files of the newest {FILES_READ} papers are there and are what was issued")
def files_are_whole() -> Findings:
    newest = list(BookingDocument.objects.order_by("-issued_at")[:FILES_READ])
    return findings(len(newest), (f"{one.number} is damaged" for one in newest if _is_damaged(one)))


def _is_damaged(document: BookingDocument) -> bool:
    try:
        read_document(document)
    except DocumentDamaged:
        return True
    return False


@rule("I-B9", "Every booking has its invoice, paid or not")
def bookings_are_billed() -> Findings:
    bare = Booking.objects.filter(invoice=None).values_list("number", flat=True)
    return findings(_count(), (f"{number} has no invoice" for number in bare))


@rule("I-N2", "Booking numbers of a year run from 1 without a gap, and its counter stands at the last")
def numbers_have_no_gap() -> Findings:
    broken = []
    series = NumberSeries.objects.filter(name__startswith=f"{SERIES}-").values_list("name", "last")
    for name, last in series:
        used = Booking.objects.filter(number__startswith=f"{name}-")
        count = used.count()
        greatest = used.order_by(Length("number").desc(), "-number").values_list("number", flat=True).first()
        if count != last or (greatest and int(greatest.rpartition("-")[2]) != last):
            broken.append(f"{name}: {count} bookings, the last is {greatest}, the counter says {last}")
    return findings(len(series), broken)


def _count() -> int:
    return Booking.objects.count()
