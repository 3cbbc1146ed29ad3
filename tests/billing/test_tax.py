"""The tax table and the one rounding. `test_every_invoice_...` are properties over thousands of made-up invoices."""

import csv
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.enums import DocumentKind
from billing.tax import (
    SAC_CODES,
    BuyerKind,
    LineIn,
    NoTaxRule,
    ServiceKind,
    Stay,
    TaxedInvoice,
    Treatment,
    buyer_kind,
    compute_invoice,
    place_of_supply,
    split_inclusive,
    tax_rule,
)
from billing.tax.amounts import halve, share
from billing.tax.rules import TABLE, all_rules
from billing.tax.stays import STAY_TESTS
from flashspace.base.states import all_states

D = Decimal
TODAY = date(2026, 11, 20)
OFFICE = ServiceKind.VIRTUAL_OFFICE_REGISTRATION
LONG_CHEAP = Stay(days=180, per_person_month=D(15000), per_unit_day=D(500))
SHORT_CHEAP = Stay(days=30, per_person_month=D(15000), per_unit_day=D(500))
SHORT_COSTLY = Stay(days=30, per_person_month=D(300000), per_unit_day=D(10000))


def compute(
    *totals: str, seller: str = "27", place: str = "27", service: ServiceKind = OFFICE, **options
) -> TaxedInvoice:
    lines = [LineIn(f"Line {total}", service, D(total), stay=options.get("stay")) for total in totals]
    options.pop("stay", None)
    return compute_invoice(lines=lines, seller_state=seller, place_of_supply=place, on=TODAY, **options)


# splitting


@pytest.mark.parametrize(
    ("total", "rate", "taxable", "tax"),
    [
        ("15000.00", 18, "12712.00", "2288.00"),  # the documents' own invoice
        ("4999.00", 18, "4236.00", "763.00"),
        ("99.50", 18, "84.00", "15.50"),
        ("59.00", 18, "50.00", "9.00"),
        ("1.77", 18, "1.50", "0.27"),  # 2 rupees would be more than the whole
        ("0.40", 18, "0.34", "0.06"),
        ("0.01", 18, "0.01", "0.00"),
        ("0.00", 18, "0.00", "0.00"),
        ("21000.00", 5, "20000.00", "1000.00"),
        ("90000.00", 0, "90000.00", "0.00"),
    ],
)
def test_split_inclusive(total: str, rate: int, taxable: str, tax: str) -> None:
    assert split_inclusive(D(total), D(rate)) == (D(taxable), D(tax))


def test_split_inclusive_rounds_half_up() -> None:
    assert split_inclusive(D("2.95"), D(18)) == (D("2.50"), D("0.45"))
    assert split_inclusive(D("14.75"), D(18))[0] == D(13)  # 12.50 exactly


def test_share_goes_to_the_largest_remainder() -> None:
    assert share(D(25424), [D(10000), D(10000), D(10000)]) == [D(8475), D(8475), D(8474)]
    assert share(D(2), [D("1.50"), D("1.00")]) == [D("1.20"), D("0.80")]
    assert share(D(0), [D(0), D(0)]) == [D(0), D(0)]


def test_odd_paise_alternate_beginning_with_cgst() -> None:
    assert halve([D("0.03"), D("0.04"), D("0.05"), D("0.01")]) == [
        (D("0.02"), D("0.01")),
        (D("0.02"), D("0.02")),
        (D("0.02"), D("0.03")),
        (D("0.01"), D("0.00")),
    ]


# the table


def test_every_service_has_a_rule_today_for_every_buyer() -> None:
    for service in ServiceKind:
        for buyer in BuyerKind:
            for stay in (LONG_CHEAP, SHORT_CHEAP, SHORT_COSTLY):
                assert tax_rule(service=service, buyer=buyer, on=TODAY, stay=stay).rate in {0, 5, 18}


@pytest.mark.parametrize("service", [service for service in ServiceKind if service != ServiceKind.COLIVING])
@pytest.mark.parametrize("buyer", [BuyerKind.B2C, BuyerKind.B2B_SAME_STATE, BuyerKind.B2B_OTHER_STATE])
def test_what_is_sold_is_taxed_at_18_since_the_beginning(service: ServiceKind, buyer: BuyerKind) -> None:
    for on in (date(2017, 7, 1), date(2025, 9, 21), date(2025, 9, 22), TODAY):
        rule = tax_rule(service=service, buyer=buyer, on=on)
        assert (rule.rate, rule.treatment) == (18, Treatment.TAXABLE)


def test_before_gst_there_is_no_rule() -> None:
    with pytest.raises(NoTaxRule, match="on 2017-06-30"):
        tax_rule(service=OFFICE, buyer=BuyerKind.B2C, on=date(2017, 6, 30))


@pytest.mark.parametrize(
    ("on", "stay", "rule_id", "rate"),
    [
        (TODAY, LONG_CHEAP, "G066", 0),
        (date(2024, 7, 15), LONG_CHEAP, "G066", 0),
        (date(2024, 7, 14), LONG_CHEAP, "G069", 0),
        (TODAY, SHORT_CHEAP, "G070", 5),
        (date(2025, 9, 22), SHORT_CHEAP, "G070", 5),
        (date(2025, 9, 21), SHORT_CHEAP, "G073", 12),
        (date(2022, 7, 18), SHORT_CHEAP, "G073", 12),
        (TODAY, SHORT_COSTLY, "G076", 18),
        (date(2019, 10, 1), SHORT_COSTLY, "G076", 18),
    ],
)
def test_coliving_follows_the_stay_and_the_date(on: date, stay: Stay, rule_id: str, rate: int) -> None:
    rule = tax_rule(service=ServiceKind.COLIVING, buyer=BuyerKind.B2C, on=on, stay=stay)
    assert (rule.rule_id, rule.rate) == (rule_id, rate)
    assert rule.treatment is (Treatment.TAXABLE if rate else Treatment.EXEMPT)


@pytest.mark.parametrize(
    ("days", "month", "day", "rate"),
    [
        (90, "20000", "660", 0),  # both limits inclusive
        (89, "20000", "660", 5),
        (90, "20000.01", "660", 5),
        (90, "21000", "700", 5),  # 20,000 with 5 % on it: does not become exempt by taking the tax out
        (30, "230000", "7875", 5),  # 7,500 and 5 %
        (30, "230000", "7875.01", 18),
        (30, "230000", "8850.01", 18),
    ],
)
def test_coliving_limits(days: int, month: str, day: str, rate: int) -> None:
    stay = Stay(days, D(month), D(day))
    assert tax_rule(service=ServiceKind.COLIVING, buyer=BuyerKind.B2C, on=TODAY, stay=stay).rate == rate


def test_cheap_coliving_before_july_2022_is_not_taken_for_costly() -> None:
    with pytest.raises(NoTaxRule):
        tax_rule(service=ServiceKind.COLIVING, buyer=BuyerKind.B2B_SAME_STATE, on=date(2022, 7, 17), stay=SHORT_CHEAP)


def test_coliving_without_a_stay_is_refused() -> None:
    with pytest.raises(ValueError, match="stay"):
        tax_rule(service=ServiceKind.COLIVING, buyer=BuyerKind.B2C, on=TODAY)


def test_stay_of_a_monthly_price() -> None:
    # three months from 1 February are 89 days
    stay = Stay.monthly(price=D(36500), persons=2, start_on=date(2026, 2, 1), end_on=date(2026, 5, 1))
    assert stay == Stay(days=89, per_person_month=D(18250), per_unit_day=D(1200))


def test_stay_of_a_daily_price() -> None:
    stay = Stay.daily(price=D(1200), persons=2, start_on=date(2026, 2, 1), end_on=date(2026, 2, 4))
    assert stay == Stay(days=3, per_person_month=D(18250), per_unit_day=D(1200))


def test_guest_from_abroad_is_taxed_as_one_from_india() -> None:
    rule = tax_rule(service=ServiceKind.COLIVING, buyer=BuyerKind.EXPORT, on=TODAY, stay=SHORT_CHEAP)
    assert (rule.rule_id, rule.rate, rule.is_always_igst) == ("G070", 5, False)


@pytest.mark.parametrize(
    ("buyer", "service", "is_under_lut", "rate", "treatment"),
    [
        (BuyerKind.SEZ, OFFICE, True, 0, Treatment.ZERO_RATED),
        (BuyerKind.SEZ, OFFICE, False, 18, Treatment.TAXABLE),
        (BuyerKind.EXPORT, ServiceKind.SOFTWARE_SUBSCRIPTION, True, 0, Treatment.ZERO_RATED),
        (BuyerKind.EXPORT, ServiceKind.SOFTWARE_SUBSCRIPTION, False, 18, Treatment.TAXABLE),
        (BuyerKind.EXPORT, OFFICE, True, 18, Treatment.TAXABLE),  # property in India is never exported
    ],
)
def test_zero_rating_needs_a_letter_of_undertaking(
    buyer: BuyerKind, service: ServiceKind, is_under_lut: bool, rate: int, treatment: Treatment
) -> None:
    rule = tax_rule(service=service, buyer=buyer, on=TODAY, is_under_lut=is_under_lut)
    assert (rule.rate, rule.treatment) == (rate, treatment)


def test_every_conditional_coliving_row_has_its_test() -> None:
    """A row added to the table with a condition in prose must get its meaning in code."""
    with TABLE.open(encoding="utf-8", newline="") as table:
        conditional = {
            row["rule_id"]
            for row in csv.DictReader(table)
            if row["service_kind"] == "coliving" and row["exemption_condition"] and row["buyer_kind"] != "SEZ"
        }
    assert conditional == set(STAY_TESTS)


def test_place_rules_do_not_change_within_a_kind() -> None:
    """`place_of_supply` takes no date and reads one row of each kind."""
    for rules in all_rules().values():
        assert len({rule.place for rule in rules}) == 1


@pytest.mark.parametrize(
    ("service", "buyer", "expected"),
    [
        (OFFICE, BuyerKind.B2C, "29"),
        (OFFICE, BuyerKind.B2B_OTHER_STATE, "29"),
        (OFFICE, BuyerKind.SEZ, "29"),
        (OFFICE, BuyerKind.EXPORT, "29"),
        (ServiceKind.COLIVING, BuyerKind.EXPORT, "29"),
        (ServiceKind.VIRTUAL_OFFICE_MAILING, BuyerKind.B2C, "07"),
        (ServiceKind.VIRTUAL_OFFICE_MAILING, BuyerKind.B2B_OTHER_STATE, "07"),
        (ServiceKind.VIRTUAL_OFFICE_MAILING, BuyerKind.SEZ, "07"),
        (ServiceKind.SOFTWARE_SUBSCRIPTION, BuyerKind.EXPORT, "96"),
    ],
)
def test_place_of_supply(service: ServiceKind, buyer: BuyerKind, expected: str) -> None:
    place = place_of_supply(service=service, buyer=buyer, seller_state="27", property_state="29", buyer_state="07")
    assert place == expected


def test_place_of_supply_without_an_address_is_the_sellers() -> None:
    service = ServiceKind.STORAGE_OF_GOODS
    place = place_of_supply(
        service=service, buyer=BuyerKind.B2C, seller_state="27", property_state="29", buyer_state=""
    )
    assert place == "27"


def test_place_of_supply_of_property_needs_the_property() -> None:
    with pytest.raises(ValueError, match="give its state"):
        place_of_supply(service=OFFICE, buyer=BuyerKind.B2C, seller_state="27", property_state="", buyer_state="07")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"gstin": ""}, BuyerKind.B2C),
        ({"gstin": "27AAPFU0939F1ZV"}, BuyerKind.B2B_SAME_STATE),
        ({"gstin": "29AAGCB7383J1Z4"}, BuyerKind.B2B_OTHER_STATE),
        ({"gstin": "27AAPFU0939F1ZV", "is_sez": True}, BuyerKind.SEZ),
        ({"gstin": "", "is_abroad": True}, BuyerKind.EXPORT),
    ],
)
def test_buyer_kind(facts: dict[str, object], expected: BuyerKind) -> None:
    assert buyer_kind(seller_state="27", **facts) is expected  # type: ignore[arg-type]


def test_every_service_has_a_sac_of_the_master() -> None:
    with (TABLE.parent / "sac_codes.csv").open(encoding="utf-8", newline="") as table:
        known = {row["code"] for row in csv.DictReader(table)}
    assert set(SAC_CODES) == set(ServiceKind)
    assert set(SAC_CODES.values()) <= known


# whole invoices


def test_documented_invoice() -> None:
    invoice = compute("15000")
    assert (invoice.taxable, invoice.tax, invoice.total, invoice.rate) == (D(12712), D(2288), D(15000), 18)
    assert (invoice.cgst, invoice.sgst, invoice.igst) == (D(1144), D(1144), D(0))
    [line] = invoice.lines
    assert (line.sac, line.rule_id, line.unit_taxable, line.description) == ("997212", "G021", D(12712), "Line 15000")
    assert invoice.document_kind == DocumentKind.TAX_INVOICE


def test_another_state_gets_igst() -> None:
    invoice = compute("15000", place="29")
    assert (invoice.cgst, invoice.sgst, invoice.igst, invoice.total) == (D(0), D(0), D(2288), D(15000))


def test_a_zone_gets_igst_in_the_same_state() -> None:
    invoice = compute("15000", buyer=BuyerKind.SEZ)
    assert (invoice.cgst, invoice.igst) == (D(0), D(2288))


def test_under_a_letter_of_undertaking_taxable_is_total() -> None:
    invoice = compute("15000", buyer=BuyerKind.SEZ, is_under_lut=True)
    assert (invoice.taxable, invoice.tax) == (D(15000), D(0))
    assert invoice.document_kind == DocumentKind.TAX_INVOICE


def test_exempt_coliving_is_a_bill_of_supply() -> None:
    invoice = compute("90000", service=ServiceKind.COLIVING, stay=LONG_CHEAP)
    assert (invoice.taxable, invoice.tax, invoice.rate) == (D(90000), D(0), 0)
    assert invoice.document_kind == DocumentKind.BILL_OF_SUPPLY


@pytest.mark.parametrize(("place", "second"), [("27", "SGST"), ("04", "UTGST"), ("07", "SGST"), ("96", "SGST")])
def test_second_tax_is_named_by_the_place(place: str, second: str) -> None:
    assert compute("100", place=place).second_tax == second


def test_rates_are_rounded_apart() -> None:
    lines = [
        LineIn("Seat", ServiceKind.COWORKING, D(10000)),
        LineIn("Bed", ServiceKind.COLIVING, D(10000), stay=SHORT_CHEAP),
        LineIn("Seat", ServiceKind.COWORKING, D(10000), quantity=2),
    ]
    invoice = compute_invoice(lines=lines, seller_state="27", place_of_supply="27", on=TODAY)
    assert [(part.rate, part.taxable, part.total) for part in invoice.rates] == [
        (18, D(25424), D(30000)),
        (5, D(9524), D(10000)),
    ]
    assert [line.taxable for line in invoice.lines] == [D(8475), D(9524), D(16949)]
    assert invoice.lines[2].unit_taxable == D("8474.50")
    assert invoice.rate == 18


@pytest.mark.parametrize("place", ["25", "28", "99"])
def test_what_is_no_place_of_supply_is_refused(place: str) -> None:
    with pytest.raises(ValueError, match="no place of supply"):
        compute("100", place=place)


def test_unknown_states_are_refused() -> None:
    with pytest.raises(KeyError):
        compute("100", place="00")
    with pytest.raises(KeyError):
        compute("100", seller="00")


def test_no_lines_are_refused() -> None:
    with pytest.raises(ValueError, match="has lines"):
        compute()


def test_floats_are_refused() -> None:
    with pytest.raises(TypeError):
        LineIn("Float", OFFICE, 15000.0)  # type: ignore[arg-type]


@pytest.mark.parametrize(("price", "quantity"), [("-1", 1), ("1.001", 1), ("1", 0)])
def test_nonsense_lines_are_refused(price: str, quantity: int) -> None:
    with pytest.raises(ValueError, match="not a price"):
        LineIn("Nonsense", OFFICE, D(price), quantity)


# properties

PLACES = [code for code, state in all_states().items() if state.is_place_of_supply]
STAYS = st.sampled_from([LONG_CHEAP, SHORT_CHEAP, SHORT_COSTLY])
PRICES = st.one_of(
    st.integers(0, 999_999).map(D),
    st.integers(0, 99_999_999).map(lambda paise: D(paise) / 100),
    st.integers(0, 500).map(lambda paise: D(paise) / 100),  # where whole rupees are coarse
)
LINES = st.builds(
    LineIn,
    description=st.just("Line"),
    service=st.sampled_from(list(ServiceKind)),
    unit_price=PRICES,
    quantity=st.integers(1, 40),
    stay=STAYS,
)


@settings(max_examples=2000, deadline=None)
@given(
    lines=st.lists(LINES, min_size=1, max_size=4),
    seller=st.sampled_from(["27", "29", "04"]),
    place=st.sampled_from(["27", "29", "04", *PLACES]),
    buyer=st.sampled_from(list(BuyerKind)),
    is_under_lut=st.booleans(),
)
def test_every_invoice_sums_to_the_paisa(
    lines: list[LineIn], seller: str, place: str, buyer: BuyerKind, is_under_lut: bool
) -> None:
    invoice = compute_invoice(
        lines=lines, seller_state=seller, place_of_supply=place, on=TODAY, buyer=buyer, is_under_lut=is_under_lut
    )
    assert [line.total for line in invoice.lines] == [line.total for line in lines]
    for parts in (invoice.lines, invoice.rates):
        for name in ("taxable", "cgst", "sgst", "igst", "tax", "total"):
            assert sum(getattr(part, name) for part in parts) == getattr(invoice, name)
    assert invoice.taxable + invoice.tax == invoice.total == sum(line.total for line in lines)
    for part in (*invoice.lines, *invoice.rates):
        assert all(
            type(value) is D and value >= 0 and value == value.quantize(D("0.01"))
            for value in (part.taxable, part.cgst, part.sgst, part.igst)
        )
        assert abs(part.cgst - part.sgst) <= D("0.01")
        assert not (part.igst and (part.cgst or part.sgst))
        if part.treatment is not Treatment.TAXABLE:
            assert part.tax == 0
    for part in invoice.rates:
        assert part.cgst >= part.sgst
        taxable, tax = split_inclusive(part.total, part.rate)
        assert (part.taxable, part.tax) == (taxable, tax)
        if part.total >= 11:  # below, half a rupee can exceed the tax
            assert part.taxable % 1 == 0 or not part.rate
        assert abs(part.taxable * part.rate / 100 - part.tax) < D("0.6")
    is_split = bool(invoice.cgst or invoice.sgst)
    assert not (is_split and seller != place)
