"""Splitting money without losing a paisa. Rounding happens here, once per rate of an invoice, and nowhere else."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

RUPEE = Decimal(1)
PAISA = Decimal("0.01")


def split_inclusive(total: Decimal, rate: Decimal) -> tuple[Decimal, Decimal]:
    """What is taxable and what is tax in a price that includes `rate` percent: 15,000 is 12,712 and 2,288.

    The taxable part is rounded half-up to whole rupees, the tax is the rest. Of a few rupees the rounded part could be
    nothing (0.40) or more than the whole (1.80 at 18 %); there it is rounded to paise.
    """
    if not rate:
        return total, Decimal(0) * total
    exact = total * 100 / (100 + rate)
    taxable = exact.quantize(RUPEE, rounding=ROUND_HALF_UP)
    if not 0 < taxable <= total:
        taxable = exact.quantize(PAISA, rounding=ROUND_HALF_UP)
    taxable = taxable.quantize(PAISA)
    return taxable, total - taxable


def share(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """`amount` over `weights` by largest remainder, first come first served among equals.

    In whole rupees when everything is whole rupees, else in paise. With `amount` at most the sum of the weights,
    no share exceeds its weight, so no line of an invoice gets a negative tax.
    """
    unit = RUPEE if all(value % 1 == 0 for value in (amount, *weights)) else PAISA
    units, parts = int(amount / unit), [int(weight / PAISA) for weight in weights]
    whole = sum(parts)
    if not whole:
        return [Decimal("0.00") for _ in parts]
    shares = [units * part // whole for part in parts]
    by_remainder = sorted(range(len(parts)), key=lambda index: -(units * parts[index] % whole))
    for index in by_remainder[: units - sum(shares)]:
        shares[index] += 1
    return [(value * unit).quantize(PAISA) for value in shares]


def halve(taxes: Sequence[Decimal]) -> list[tuple[Decimal, Decimal]]:
    """CGST and SGST of each line. An odd paisa goes to CGST; of several odd lines every other gives it to SGST,
    so that the halves of the whole differ by at most one paisa too."""
    halves: list[tuple[Decimal, Decimal]] = []
    is_cgst_next = True
    for tax in taxes:
        paise = int(tax / PAISA)
        more, less = (paise - paise // 2) * PAISA, paise // 2 * PAISA
        halves.append((more, less) if is_cgst_next else (less, more))
        is_cgst_next ^= bool(paise % 2)
    return halves
