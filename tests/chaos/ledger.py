"""What callers were told, held against what the database says: nothing lost, nothing doubled, nothing half. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

BOOK, START, VERIFY, RESEND = "book", "start payment", "verify payment", "resend code"
CALM = "calm"
UNPAID = {"pending", "overdue"}


@dataclass(frozen=True)
class Call:
    """One request and what came of it: `status` is None where no answer came, and `error` says why."""

    step: str
    person: str
    status: int | None
    took: float = 0.0
    key: str = ""
    body: dict[str, Any] = field(default_factory=dict)
    retry_after: str = ""
    error: str = ""
    phase: str = CALM

    @property
    def is_acknowledged(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


@dataclass
class State:
    """Rows as dicts; ids of mails as the mail server got them; what web processes logged as their own fault."""

    bookings: list[dict[str, Any]] = field(default_factory=list)
    stories: dict[str, int] = field(default_factory=dict)
    invoices: list[dict[str, Any]] = field(default_factory=list)
    payments: list[dict[str, Any]] = field(default_factory=list)
    refunds: list[str] = field(default_factory=list)
    mails: list[dict[str, Any]] = field(default_factory=list)
    delivered: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def problems(
    calls: Sequence[Call], state: State, *, since: int = 0, may_break: Sequence[str] = (), duplicates: int = 0
) -> list[str]:
    """Everything that is wrong. In the phases `may_break` a connection may break: its server was killed.

    Answers are looked at `since` a call, rows always. `duplicates` mails may have come twice: one for each sender that
    was killed, or whose database was.
    """
    return [
        *_bad_answers(calls[since:], may_break),
        *(f"logged as a fault: {line}" for line in state.faults),
        *_lost_or_doubled_bookings(calls, state),
        *_lost_or_doubled_payments(calls, state),
        *_halves(state),
        *_lost_or_doubled_mails(calls, state, duplicates),
    ]


def _bad_answers(calls: Sequence[Call], may_break: Sequence[str]) -> Iterator[str]:
    for call in calls:
        where = f"{call.step} by {call.person} in {call.phase}"
        if call.status is None:
            if call.phase not in may_break:
                yield f"{where}: no answer, {call.error}"
        elif call.status >= 500 and call.status != 503:
            yield f"{where}: {call.status} {call.body}"
        elif call.status == 503 and not call.retry_after:
            yield f"{where}: 503 without Retry-After"


def _lost_or_doubled_bookings(calls: Sequence[Call], state: State) -> Iterator[str]:
    told: dict[tuple[str, str], set[str]] = defaultdict(set)
    tried: dict[str, set[str]] = defaultdict(set)
    for call in calls:
        if call.step == BOOK:
            tried[call.person].add(call.key)
            if call.is_acknowledged:
                told[call.person, call.key].add(call.body["booking"]["id"])
    theirs: dict[str, set[str]] = defaultdict(set)
    for row in state.bookings:
        theirs[row["person"]].add(row["id"])
    for (person, key), ids in told.items():
        if len(ids) > 1:
            yield f"{person} got {len(ids)} bookings for the key {key}"
        if lost := ids - theirs[person]:
            yield f"{person} was told of bookings that are not there: {sorted(lost)}"
    for person, keys in tried.items():
        if len(theirs[person]) > len(keys):
            yield f"{person} asked for {len(keys)} bookings and has {len(theirs[person])}"


def _lost_or_doubled_payments(calls: Sequence[Call], state: State) -> Iterator[str]:
    rows = {row["id"]: row for row in state.payments}
    paid = {row["id"] for row in state.invoices if row["status"] == "paid"}
    for call in calls:
        if call.step not in (START, VERIFY) or not call.is_acknowledged:
            continue
        payment = call.body["data"]["payment"]["id"]
        row = rows.get(payment)
        if row is None:
            yield f"{call.person} was told of the payment {payment}, which is not there"
        elif call.step == VERIFY and not (row["status"] == "completed" and row["invoice"] in paid):
            yield f"{call.person} was told that {payment} is paid; it is {row['status']}"
    for invoice, count in Counter(row["invoice"] for row in state.payments).items():
        if count > 1:
            yield f"invoice {invoice} has {count} payments"


def _halves(state: State) -> Iterator[str]:
    bookings = {row["id"]: row for row in state.bookings}
    completed = Counter(row["invoice"] for row in state.payments if row["status"] == "completed")
    for invoice in state.invoices:
        booking = bookings.get(invoice["source"])
        if booking is None or booking["invoice"] != invoice["id"]:
            yield f"invoice {invoice['id']} bills no booking"
        elif (booking["status"] == "pending_payment") != (invoice["status"] in UNPAID):
            yield f"booking {booking['id']} is {booking['status']}, its invoice {invoice['status']}"
        if (invoice["status"] == "paid") != bool(completed[invoice["id"]]) and not state.refunds:
            yield f"invoice {invoice['id']} is {invoice['status']} with {completed[invoice['id']]} captured payments"
    invoices = {row["id"] for row in state.invoices}
    for booking in state.bookings:
        if booking["invoice"] not in invoices:
            yield f"booking {booking['id']} has no invoice"
        if not state.stories.get(booking["id"]):
            yield f"booking {booking['id']} has no timeline"


def _lost_or_doubled_mails(calls: Sequence[Call], state: State, duplicates: int) -> Iterator[str]:
    receipts = Counter(row["dedupe_key"] for row in state.mails if row["dedupe_key"])
    for invoice in state.invoices:
        written = receipts[f"invoice_paid:{invoice['id']}"]
        if written != (invoice["status"] == "paid"):
            yield f"{written} receipts for the invoice {invoice['id']}, which is {invoice['status']}"
    resent = Counter(call.person for call in calls if call.step == RESEND and call.is_acknowledged)
    codes = Counter(row["to"] for row in state.mails if row["dedupe_key"] is None)
    for person, count in resent.items():
        if codes[person] < count:
            yield f"{person} was promised {count} codes, {codes[person]} were written"
    came = Counter(state.delivered)
    for row in state.mails:
        if row["status"] != "sent":
            yield f"mail {row['id']} to {row['to']} is {row['status']}"
        elif not came[row["id"]]:
            yield f"mail {row['id']} to {row['to']} is called sent and never came"
    if strangers := set(came) - {row["id"] for row in state.mails}:
        yield f"{len(strangers)} mails came of which no row knows"
    if (more := sum(count - 1 for count in came.values())) > duplicates:
        yield f"{more} mails came again, {duplicates} senders were lost"
