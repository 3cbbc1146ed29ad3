"""Gapless numbers: INV-2026-0042, FS-2026-00042."""

from datetime import date

from billing.models import NumberSeries
from flashspace.base.locks import lock_row

LONGEST = 16  # rule 46(b) of the CGST rules


class SeriesExhausted(RuntimeError):
    """The next number would be longer than the law lets an invoice number be."""


def take_number(prefix: str, *, on: date, width: int) -> str:
    """The next number of the year of `on`, an Indian day. Nobody else gets one of the series until the caller commits.

    Take it last: a transaction that rolls back gives it back, and everybody waits for one that does not end. Raises
    NotInTransaction and SeriesExhausted.
    """
    series = _lock_series(f"{prefix}-{on.year}")
    series.last += 1
    number = f"{series.name}-{series.last:0{width}}"
    if len(number) > LONGEST:
        raise SeriesExhausted(number)
    series.save(update_fields=["last"])
    return number


def _lock_series(name: str) -> NumberSeries:
    try:
        return lock_row(NumberSeries.objects.all(), pk=name)
    except NumberSeries.DoesNotExist:
        # The first of a year may be several at once: whoever inserts second waits for the first and finds its row.
        NumberSeries.objects.bulk_create([NumberSeries(name=name)], ignore_conflicts=True)
        return lock_row(NumberSeries.objects.all(), pk=name)
