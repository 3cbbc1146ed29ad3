"""The tax of an invoice: lines at catalogue prices in, taxable values and taxes out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.enums import DocumentKind
from billing.tax.amounts import PAISA, halve, share, split_inclusive
from billing.tax.kinds import SAC_CODES, BuyerKind, ServiceKind, Treatment
from billing.tax.rules import TaxRule, tax_rule
from billing.tax.stays import Stay
from flashspace.base.states import get_state

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class LineIn:
    """`unit_price` is what the customer pays for one, GST included. Coliving needs its `stay`."""

    description: str
    service: ServiceKind
    unit_price: Decimal
    quantity: int = 1
    stay: Stay | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.unit_price, Decimal):
            raise TypeError("money is Decimal")
        if self.unit_price < 0 or self.unit_price != self.unit_price.quantize(PAISA) or self.quantity < 1:
            raise ValueError(f"not a price and a quantity: {self.unit_price} x {self.quantity}")

    @property
    def total(self) -> Decimal:
        return (self.unit_price * self.quantity).quantize(PAISA)


@dataclass(frozen=True)
class Amounts:
    """`sgst` is UTGST where `TaxedInvoice.second_tax` says so."""

    taxable: Decimal
    cgst: Decimal
    sgst: Decimal
    igst: Decimal

    @property
    def tax(self) -> Decimal:
        return self.cgst + self.sgst + self.igst

    @property
    def total(self) -> Decimal:
        return self.taxable + self.tax


@dataclass(frozen=True)
class TaxedLine(Amounts):
    """A line with what the law made of it. `unit_taxable` is for display: it is rounded to paise."""

    description: str
    service: ServiceKind
    sac: str
    quantity: int
    unit_price: Decimal
    rate: Decimal
    treatment: Treatment
    rule_id: str

    @property
    def unit_taxable(self) -> Decimal:
        return (self.taxable / self.quantity).quantize(PAISA)


@dataclass(frozen=True)
class RateTotal(Amounts):
    rate: Decimal
    treatment: Treatment


@dataclass(frozen=True)
class TaxedInvoice(Amounts):
    """The sums are those of `lines`, and those of `rates`. `second_tax` is `SGST` or `UTGST`."""

    lines: tuple[TaxedLine, ...]
    rates: tuple[RateTotal, ...]
    seller_state: str
    place_of_supply: str
    second_tax: str

    @property
    def rate(self) -> Decimal:
        """The one rate of most invoices; of several the highest."""
        return max(each.rate for each in self.rates)

    @property
    def document_kind(self) -> DocumentKind:
        """An exempt supply gets a bill of supply (CGST rule 49); a zero-rated one is invoiced."""
        is_exempt = all(line.treatment is Treatment.EXEMPT for line in self.lines)
        return DocumentKind.BILL_OF_SUPPLY if is_exempt else DocumentKind.TAX_INVOICE


def compute_invoice(
    *,
    lines: Sequence[LineIn],
    seller_state: str,
    place_of_supply: str,
    on: date,
    buyer: BuyerKind = BuyerKind.B2C,
    is_under_lut: bool = False,
) -> TaxedInvoice:
    """Split the lines' totals into taxable value and tax, for a sale on the day `on`.

    CGST and SGST when the seller's state is the place of supply, else IGST. Raises NoTaxRule; KeyError for an unknown
    state; ValueError for no lines or a state that cannot be a place of supply.
    """
    if not lines:
        raise ValueError("an invoice has lines")
    get_state(seller_state)
    place = get_state(place_of_supply)
    if not place.is_place_of_supply:
        raise ValueError(f"no place of supply: {place.label}")
    rules = [
        tax_rule(service=line.service, buyer=buyer, on=on, stay=line.stay, is_under_lut=is_under_lut) for line in lines
    ]
    is_split = seller_state == place.code and not any(rule.is_always_igst for rule in rules)
    taxed: dict[int, TaxedLine] = {}
    groups: dict[tuple[Treatment, Decimal], list[int]] = {}
    for index, rule in enumerate(rules):
        groups.setdefault((rule.treatment, rule.rate), []).append(index)
    for members in groups.values():
        group = _tax_group([(lines[index], rules[index]) for index in members], is_split)
        taxed.update(zip(members, group, strict=True))
    ordered = tuple(taxed[index] for index in range(len(lines)))
    return TaxedInvoice(
        **_sums(ordered),
        lines=ordered,
        rates=tuple(
            RateTotal(**_sums([taxed[index] for index in members]), rate=rate, treatment=treatment)
            for (treatment, rate), members in groups.items()
        ),
        seller_state=seller_state,
        place_of_supply=place_of_supply,
        second_tax=place.second_tax or "SGST",
    )


def _tax_group(group: Sequence[tuple[LineIn, TaxRule]], is_split: bool) -> list[TaxedLine]:
    """The lines of one rate: rounded once together, then shared out."""
    totals = [line.total for line, _ in group]
    taxable, _ = split_inclusive(sum(totals, ZERO), group[0][1].rate)
    taxables = share(taxable, totals)
    taxes = [total - part for total, part in zip(totals, taxables, strict=True)]
    if is_split:
        parts = [(cgst, sgst, ZERO) for cgst, sgst in halve(taxes)]
    else:
        parts = [(ZERO, ZERO, tax) for tax in taxes]
    return [
        TaxedLine(
            taxable=taxables[index],
            cgst=parts[index][0],
            sgst=parts[index][1],
            igst=parts[index][2],
            description=line.description,
            service=line.service,
            sac=SAC_CODES[line.service],
            quantity=line.quantity,
            unit_price=line.unit_price,
            rate=rule.rate,
            treatment=rule.treatment,
            rule_id=rule.rule_id,
        )
        for index, (line, rule) in enumerate(group)
    ]


def _sums(parts: Sequence[Amounts]) -> dict[str, Decimal]:
    return {name: sum((getattr(part, name) for part in parts), ZERO) for name in ("taxable", "cgst", "sgst", "igst")}
