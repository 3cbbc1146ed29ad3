import pytest

from accounts.validators import (
    Checked,
    check_aadhaar,
    check_cin,
    check_gstin,
    check_pan,
    cross_check,
    gstin_check_character,
    mask_aadhaar,
    pan_inside,
)
from flashspace.base.errors import Invalid

CHECK_CHARACTER = "GSTIN: the check character does not match"
VALID_GSTINS = [
    "27AAPFU0939F1ZV",
    "29AAGCB7383J1Z4",
    "24AANFA2641L1ZF",
    "05AVHPB7348G1ZP",
    "33AAICB5670J2ZI",
    "32AAZCS2065D1Z9",
    "27AABCE1234F1Z5",
    "20ALYPD6528PQC5",
]


@pytest.mark.parametrize("gstin", VALID_GSTINS)
def test_valid_gstin_passes_without_warning(gstin: str) -> None:
    assert check_gstin(gstin) == Checked(gstin)


@pytest.mark.parametrize(
    ("gstin", "right"),
    [("27AABCT1234F1ZH", "Q"), ("29AABCU9603R1ZM", "J"), ("24AAGCC7144L6ZE", "D")],  # the first is the documents' own
)
def test_gstin_with_a_wrong_check_character_is_only_warned_of(gstin: str, right: str) -> None:
    assert check_gstin(gstin) == Checked(gstin, (CHECK_CHARACTER,))
    assert gstin_check_character(gstin[:14]) == right


def test_gstin_is_stored_upper_case_without_spaces() -> None:
    assert check_gstin(" 27aapfu 0939f1zv ").value == "27AAPFU0939F1ZV"


@pytest.mark.parametrize(
    "first",
    [
        "27AAPFU0939F1D",  # deducts tax: of a PAN
        "27DELA12345A1D",  # of a TAN
        "0717AUS12345UN",  # embassy
        "0717AUS12345ON",
        "0717USA12345NR",  # non-resident
        "9917USA29001OS",  # online service from abroad
        "38AAPFU0939F1Z",  # Ladakh
        "97AAPFU0939F1Z",  # other territory
        "99AAPFU0939F1Z",  # centre jurisdiction
    ],
)
def test_every_kind_of_gstin_is_known(first: str) -> None:
    assert check_gstin(first + gstin_check_character(first)).warnings == ()


@pytest.mark.parametrize(
    ("first", "warning"),
    [
        ("28AAPFU0939F1Z", "GSTIN: state code 28 is no longer given out"),
        ("25AAPFU0939F1Z", "GSTIN: state code 25 is no longer given out"),
        ("37ARZPT4384Q1M", "GSTIN: M in place 14 is no known kind of registration"),
    ],
)
def test_unusual_gstin_is_warned_of(first: str, warning: str) -> None:
    assert check_gstin(first + gstin_check_character(first)).warnings == (warning,)


@pytest.mark.parametrize(
    "gstin",
    [
        "",
        "27AAPFU0939F1Z",
        "27AAPFU0939F1ZVX",
        "27AAPFU0939F0ZV",
        "2 AAPFU0939F1ZV",
        "27AAPFU09३9F1ZV",
        "27aapfu0939f1z!",
    ],
)
def test_malformed_gstin_is_refused(gstin: str) -> None:
    with pytest.raises(Invalid) as error:
        check_gstin(gstin, field="gstNumber")
    assert error.value.field == "gstNumber"


@pytest.mark.parametrize("prefix", ["00", "39", "96"])
def test_gstin_of_no_state_is_refused(prefix: str) -> None:
    with pytest.raises(Invalid, match="unknown state"):
        check_gstin(f"{prefix}AAPFU0939F1ZV")


def test_every_single_wrong_character_is_found() -> None:
    for place in range(14):
        for other in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ":
            changed = VALID_GSTINS[0][:place] + other + VALID_GSTINS[0][place + 1 :]
            is_same = changed == VALID_GSTINS[0]
            assert (gstin_check_character(changed[:14]) == changed[14]) is is_same


@pytest.mark.parametrize(
    ("value", "checked"),
    [
        ("AABCT1234F", Checked("AABCT1234F")),
        (" aabct 1234 f", Checked("AABCT1234F")),
        ("AABET1234F", Checked("AABET1234F", ("PAN: E is not a known kind of holder",))),
        ("AABCT0000F", Checked("AABCT0000F", ("PAN: the serial number is zero",))),
    ],
)
def test_pan(value: str, checked: Checked) -> None:
    assert check_pan(value) == checked


@pytest.mark.parametrize("value", ["", "AABCT1234", "AABCT12345", "1ABCT1234F", "AABCT1234FF"])
def test_malformed_pan_is_refused(value: str) -> None:
    with pytest.raises(Invalid):
        check_pan(value)


@pytest.mark.parametrize(
    ("value", "checked"),
    [
        ("U78300DL2024PTC432593", Checked("U78300DL2024PTC432593")),
        ("l17110mh1973plc019786", Checked("L17110MH1973PLC019786")),
        ("U78300XX2024PTC432593", Checked("U78300XX2024PTC432593", ("CIN: XX is not a known state",))),
        (
            "U78300DL2024ABC432593",
            Checked("U78300DL2024ABC432593", ("CIN: ABC is not a known class of company",)),
        ),
        ("U78300DL1024PTC432593", Checked("U78300DL1024PTC432593", ("CIN: incorporated in 1024",))),
    ],
)
def test_cin(value: str, checked: Checked) -> None:
    assert check_cin(value) == checked


@pytest.mark.parametrize("value", ["", "X78300DL2024PTC432593", "U78300DL2024PTC43259", "U7830ADL2024PTC432593"])
def test_malformed_cin_is_refused(value: str) -> None:
    with pytest.raises(Invalid):
        check_cin(value)


def test_aadhaar() -> None:
    assert check_aadhaar("2341 2341-2346") == Checked("234123412346")
    assert check_aadhaar("234123412347") == Checked("234123412347", ("Aadhaar: the check digit does not match",))
    assert mask_aadhaar("234123412346") == "XXXX XXXX 2346"


@pytest.mark.parametrize("value", ["", "23412341234", "134123412346", "23412341234x"])
def test_malformed_aadhaar_is_refused(value: str) -> None:
    with pytest.raises(Invalid):
        check_aadhaar(value)


@pytest.mark.parametrize(
    ("gstin", "pan"),
    [("27AAPFU0939F1ZV", "AAPFU0939F"), ("27DELA12345A1DX", ""), ("0717AUS12345UNX", ""), ("", "")],
)
def test_pan_inside(gstin: str, pan: str) -> None:
    assert pan_inside(gstin) == pan


@pytest.mark.parametrize(
    ("facts", "warnings"),
    [
        # the documents' own body
        (
            {
                "gstin": "27AABCT1234F1ZH",
                "pan": "AABCT1234F",
                "cin": "U78300DL2024PTC432593",
                "company_type": "Private Limited",
            },
            (),
        ),
        ({"gstin": "27AAPFU0939F1ZV", "pan": "AABCT1234F"}, ("PAN is not the one inside the GSTIN",)),
        (
            {"pan": "AABPT1234F", "company_type": "Private Limited"},
            ("PAN: the fourth letter of a Private Limited is C, not P",),
        ),
        ({"pan": "AABFT1234F", "company_type": "LLP"}, ()),
        ({"pan": "AABFT1234F", "company_type": "Limited Liability Partnership"}, ()),
        ({"pan": "AABPT1234F", "cin": "U78300DL2024PTC432593"}, ("PAN is not a company's, but there is a CIN",)),
        ({}, ()),
    ],
)
def test_cross_check(facts: dict[str, str], warnings: tuple[str, ...]) -> None:
    assert cross_check(**facts) == warnings
