"""What must hold of money and numbers on a live database, however it came about."""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby, islice
from operator import itemgetter

from django.db.models import DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from billing.billables import find_missing
from billing.enums import EventMeaning, EventOutcome, InvoiceStatus, PaymentStatus
from billing.models import GatewayEvent, Invoice, InvoiceLine, NumberSeries, Payment, Refund
from billing.services.papers import hash_invoice
from billing.tax import split_inclusive
from flashspace.base.clock import india_date, now
from flashspace.base.integrity import Findings, findings, rule

NUMBER = re.compile(r"(?P<series>[A-Z0-9]{3}-(?P<year>\d{4}))-(?P<place>\d{4,7})")  # 16 characters at most
CHUNK = 1000
ZERO = Decimal(0)
PATIENCE = timedelta(hours=2)


def _issued() -> QuerySet[Invoice]:
    return Invoice.objects.exclude(status=InvoiceStatus.DRAFT)


@rule(
    "I-N1", "Invoice numbers of a series run from 1 without a gap, in order of time, and its counter stands at the last"
)
def check_numbers() -> Findings:
    rows = list(_issued().values_list("number", "issued_at"))
    series: dict[str, list[tuple[int, datetime]]] = defaultdict(list)
    wrong = []
    for number, issued_at in rows:
        match = NUMBER.fullmatch(number or "")
        if match is None or issued_at is None or f"{india_date(issued_at).year}" != match["year"]:
            wrong.append(f"{number} is no number of its year")
        else:
            series[match["series"]].append((int(match["place"]), issued_at))
    counters = dict(NumberSeries.objects.values_list("name", "last"))
    for name, found in sorted(series.items()):
        wrong += _breaks(name, sorted(found))
        if counters.get(name) != max(found)[0]:
            wrong.append(f"the counter of {name} stands at {counters.get(name)}, the last number is {max(found)[0]}")
    return findings(len(rows), wrong)


def _breaks(name: str, found: list[tuple[int, datetime]]) -> Iterator[str]:
    """The first gap, and every number that is older than the one ahead of it. `found` is in order of numbers."""
    latest = found[0][1]
    for wanted, (place, at) in enumerate(found, start=1):
        if place != wanted:
            yield f"{name}-{wanted:04} is missing"
            return
        if at < latest:
            yield f"{name}-{place:04} was issued before the number ahead of it"
        latest = max(latest, at)


@rule("I-M1", "An invoice is the sum of its lines, and its tax is what the rate takes out of them")
def check_sums() -> Findings:
    invoices = _issued().prefetch_related("lines")
    wrong = [
        f"{invoice.number}: {problem}"
        for invoice in invoices.iterator(CHUNK)
        if (problem := _problem_of_sums(invoice, list(invoice.lines.all())))
    ]
    return findings(_issued().count(), wrong)


def _problem_of_sums(invoice: Invoice, lines: list[InvoiceLine]) -> str:
    for whole, part in (
        ("subtotal", "taxable"),
        ("cgst", "cgst"),
        ("sgst", "sgst"),
        ("igst", "igst"),
        ("total", "total"),
    ):
        if getattr(invoice, whole) != sum((getattr(line, part) for line in lines), ZERO):
            return f"{whole} is not the sum of the lines"
    if invoice.igst and (invoice.cgst or invoice.sgst):
        return "IGST stands beside CGST"
    if abs(invoice.cgst - invoice.sgst) > Decimal("0.01") * len(lines):
        return "CGST and SGST are no halves"
    for rate in {line.tax_rate for line in lines}:
        same = [line for line in lines if line.tax_rate == rate]
        taxable, _ = split_inclusive(sum((line.total for line in same), ZERO), rate)
        if taxable != sum((line.taxable for line in same), ZERO):
            return f"the tax at {rate} % is not what the rate takes out"
    return ""


def _sum_of_payments() -> Subquery:
    completed = Payment.objects.filter(invoice=OuterRef("pk"), status=PaymentStatus.COMPLETED).order_by()
    return Subquery(completed.values("invoice").annotate(sum=Sum("amount")).values("sum"))


def _sum_of_refunds() -> Subquery:
    refunds = Refund.objects.filter(payment__invoice=OuterRef("pk")).order_by()
    return Subquery(refunds.values("payment__invoice").annotate(sum=Sum("amount")).values("sum"))


@rule("I-M2", "An invoice is paid when what was captured for it and not given back is its total; else that is nothing")
def check_paid() -> Findings:
    nothing = Decimal("0.00")
    money = DecimalField(max_digits=12, decimal_places=2)
    kept = Coalesce(_sum_of_payments(), nothing, output_field=money) - Coalesce(
        _sum_of_refunds(), nothing, output_field=money
    )
    unlike = _issued().annotate(kept=kept)
    wrong = [
        f"{number} is {status}, {amount} of {total} is kept"
        for number, status, amount, total in unlike.values_list("number", "status", "kept", "total")
        if amount != (total if status == InvoiceStatus.PAID else ZERO)
    ]
    payments = Payment.objects.annotate(back=Sum("refunds__amount")).filter(
        Q(back__gt=F("amount")) | (Q(back__gt=0) & ~Q(status=PaymentStatus.COMPLETED))
    )
    wrong += [f"payment {pk} gives back more than it got" for pk in payments.values_list("pk", flat=True)]
    return findings(_issued().count(), wrong)


@rule("I-M3", "What an issued invoice says has not changed since")
def check_hashes() -> Findings:
    invoices = _issued().prefetch_related("lines")
    wrong = [
        f"{invoice.number} says something else than was issued"
        for invoice in invoices.iterator(CHUNK)
        if hash_invoice(invoice) != invoice.content_hash
    ]
    return findings(_issued().count(), wrong)


@rule("I-M4", "A payment is of its whole invoice, in its currency, by its customer")
def check_payments() -> Findings:
    unlike = Payment.objects.exclude(
        amount=F("invoice__total"), currency=F("invoice__currency"), user=F("invoice__customer")
    )
    wrong = [f"payment {pk} is not what its invoice asks for" for pk in unlike.values_list("pk", flat=True)]
    return findings(Payment.objects.count(), wrong)


@rule("I-M5", "What an invoice bills is there, and an app knows it")
def check_sources() -> Findings:
    rows = Invoice.objects.order_by("source_type", "pk").values_list("source_type", "source_id", "number", "pk")
    wrong = []
    for source_type, billed in groupby(rows.iterator(CHUNK), key=itemgetter(0)):
        while part := list(islice(billed, CHUNK)):
            missing = find_missing(source_type, {source_id for _, source_id, *_ in part})
            wrong += [
                f"{number or pk} bills {source_type} {source_id}, which is not there"
                for _, source_id, number, pk in part
                if source_id in missing
            ]
    return findings(Invoice.objects.count(), wrong)


@rule("I-W1", "Captured money has what its gateway said, and what a gateway said does not wait")
def check_events() -> Findings:
    proved = GatewayEvent.objects.filter(
        gateway=OuterRef("gateway"),
        transaction_id=OuterRef("transaction_id"),
        meaning=EventMeaning.CAPTURED,
        outcome=EventOutcome.APPLIED,
    )
    bare = Payment.objects.filter(status=PaymentStatus.COMPLETED).annotate(proof=Subquery(proved.values("pk")[:1]))
    wrong = [f"payment {pk} has no event" for pk in bare.filter(proof=None).values_list("pk", flat=True)]
    waiting = GatewayEvent.objects.filter(handled_at__isnull=True, created_at__lt=now() - PATIENCE)
    wrong += [f"event {pk} waits for more than two hours" for pk in waiting.values_list("pk", flat=True)]
    return findings(GatewayEvent.objects.count(), wrong)
