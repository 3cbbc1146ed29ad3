"""What an invoice can be for. Billing knows a source type and an id; the app that owns the thing registers the rest.

Not signals: money must never find that nobody is listening, so a source type without its handlers raises.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from billing.models import Invoice, Payment


class NoBillable(LookupError):
    """An invoice of a source type that no app registered."""


@dataclass(frozen=True)
class Billable:
    """How billing talks to the owner of a thing. Everything is called inside billing's transaction.

    `lock(source_id)` locks the thing and what is above it in the lock order; billing locks the invoice after that.
    `on_payment_started(source_id, at)` may give a payment in flight its grace, or raise a DomainError to refuse it.
    `on_paid(invoice, payment, at)` delivers what was paid for. It returns False, having changed nothing, when that is
    gone for good; the money is then owed back. The invoice is not marked yet.
    `on_lapsed(invoice, payment, at)` follows such a False: close what is still open of the thing, tell its story.
    `admin_url(source_id)` is where staff look at the thing.
    `find_known(source_ids)` are those of the ids that a thing has.
    """

    lock: Callable[[UUID], object]
    on_payment_started: Callable[[UUID, datetime], object]
    on_paid: Callable[[Invoice, Payment, datetime], bool]
    on_lapsed: Callable[[Invoice, Payment, datetime], object]
    admin_url: Callable[[UUID], str]
    find_known: Callable[[Collection[UUID]], set[UUID]]


_billables: dict[str, Billable] = {}


def register(source_type: str, billable: Billable) -> None:
    _billables[source_type] = billable


def billable_of(invoice: Invoice) -> Billable:
    """Raises NoBillable."""
    if invoice.source_type not in _billables:
        raise NoBillable(f"no app registered what a {invoice.source_type!r} is")
    return _billables[invoice.source_type]


def find_missing(source_type: str, source_ids: Collection[UUID]) -> set[UUID]:
    """Those that no thing has; all of them where no app registered the source type."""
    billable = _billables.get(source_type)
    return set(source_ids) - (billable.find_known(source_ids) if billable else set())
