"""The dated tax table: which rule of data/gst_rules.csv holds for a sale, and where it is supplied.

Choices made where the table leaves one (its rule ids in brackets):
- A buyer abroad of a right in Indian property is taxed as anybody: CGST + SGST in the seller's state, else IGST,
  although IGST alone is also seen (G005, G010, G015, G020, G025: unsure).
- A virtual office with registration papers is a right in property (G021 to G025); mail and address alone are a
  service to the recipient (G036 to G040).
- A guest from abroad is taxed as a guest from India (G080).
- Zero rating needs a letter of undertaking; without one the ordinary rate is charged, as IGST (column
  `rate_without_lut`; for coliving in a zone, G079, where the column is empty, the guest's own rate).
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from pathlib import Path

from billing.tax.kinds import BuyerKind, ServiceKind, Treatment
from billing.tax.stays import STAY_TESTS, Stay
from flashspace.base.states import ABROAD

TABLE = Path(__file__).parent.parent / "data" / "gst_rules.csv"


class NoTaxRule(LookupError):
    """The table has no row for this sale on this day."""


class Place(Enum):
    """The values are the `place_of_supply_rule` texts of the table."""

    PROPERTY = "state of the property"
    RECIPIENT_OR_SUPPLIER = "recipient's state if an address is on record, else supplier's state"
    RECIPIENT_REGISTRATION = "state of the recipient's registration"
    ZONE = "always inter-state"
    ABROAD = "place of the recipient abroad"


@dataclass(frozen=True)
class TaxRule:
    """One row of the table. `rate` is the percentage to charge, 0 when exempt or zero-rated."""

    rule_id: str
    service: ServiceKind
    buyer: BuyerKind
    place: Place
    rate: Decimal
    treatment: Treatment
    valid_from: date
    valid_to: date | None
    source: str

    @property
    def is_always_igst(self) -> bool:
        """Supplies to a zone (IGST s.7(5)(b)) and abroad are inter-state wherever the parties are."""
        return self.place in (Place.ZONE, Place.ABROAD)

    def is_in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@cache
def all_rules() -> Mapping[tuple[ServiceKind, BuyerKind], Sequence[TaxRule]]:
    """The outward rows of what we sell, lowest rate first: of two that fit, the exempt one wins."""
    found: dict[tuple[ServiceKind, BuyerKind], list[TaxRule]] = {}
    with TABLE.open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table):
            # A row without a rate of its own (G080) follows the ordinary rule, see `tax_rule`.
            if row["direction"] == "outward" and row["service_kind"] in ServiceKind.values and row["rate_percent"]:
                rule = _read_row(row)
                found.setdefault((rule.service, rule.buyer), []).append(rule)
    for rules in found.values():
        rules.sort(key=lambda rule: rule.rate)
    return found


def _read_row(row: Mapping[str, str]) -> TaxRule:
    rate, buyer = Decimal(row["rate_percent"]), BuyerKind(row["buyer_kind"])
    if row["tax_type"] == "none":
        treatment = Treatment.EXEMPT
    else:
        treatment = Treatment.TAXABLE if rate else Treatment.ZERO_RATED
    return TaxRule(
        rule_id=row["rule_id"],
        service=ServiceKind(row["service_kind"]),
        buyer=buyer,
        place=Place(row["place_of_supply_rule"]),
        rate=rate,
        treatment=treatment,
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        source=row["source"],
    )


def tax_rule(
    *,
    service: ServiceKind,
    buyer: BuyerKind,
    on: date,
    stay: Stay | None = None,
    is_under_lut: bool = False,
) -> TaxRule:
    """The rule for one sale on the day `on`. Coliving needs its `stay`. Raises NoTaxRule, ValueError."""
    if service is ServiceKind.COLIVING and stay is None:
        raise ValueError("coliving is taxed by its stay: give one")
    if service is ServiceKind.COLIVING and buyer is BuyerKind.EXPORT:
        return tax_rule(service=service, buyer=BuyerKind.B2C, on=on, stay=stay)
    for rule in all_rules().get((service, buyer), ()):
        if rule.is_in_force(on) and _passes(rule, stay):
            break
    else:
        raise NoTaxRule(f"no tax rule for {service} to {buyer} on {on}")
    if rule.treatment is Treatment.ZERO_RATED and not is_under_lut:
        ordinary = tax_rule(service=service, buyer=BuyerKind.B2C, on=on, stay=stay)
        return replace(rule, rate=ordinary.rate, treatment=ordinary.treatment)
    return rule


def _passes(rule: TaxRule, stay: Stay | None) -> bool:
    test = STAY_TESTS.get(rule.rule_id)
    return test is None or (stay is not None and test(stay, rule.rate))


def place_of_supply(
    *,
    service: ServiceKind,
    buyer: BuyerKind,
    seller_state: str,
    property_state: str,
    buyer_state: str,
) -> str:
    """The state code (or 96, abroad) at which a sale is supplied. It has been the same since 2017, so takes no day.

    `property_state` may be empty for what needs no space, `buyer_state` when no address is on record.
    """
    place = _place_rule(service, buyer)
    if place is Place.ABROAD:
        return ABROAD
    if place is Place.ZONE:
        # The law says only "inter-state"; the document names the place that the ordinary rule gives.
        place = _place_rule(service, BuyerKind.B2B_OTHER_STATE)
    if place is Place.PROPERTY:
        if not property_state:
            raise ValueError(f"{service} is supplied where the property is: give its state")
        return property_state
    return buyer_state or seller_state


def _place_rule(service: ServiceKind, buyer: BuyerKind) -> Place:
    rules = all_rules().get((service, buyer)) or all_rules()[service, BuyerKind.B2C]
    return rules[0].place
