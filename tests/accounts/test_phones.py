import pytest

from accounts.phones import mask_phone, normalize_phone, written_phone
from flashspace.base.errors import Invalid


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("+91-9876543210", "+919876543210"),
        ("+91 98765 43210", "+919876543210"),
        ("9876543210", "+919876543210"),
        ("098765-43210", "+919876543210"),
        ("919876543210", "+919876543210"),
        ("0091 9876543210", "+919876543210"),
        ("022-4000 1234", "+912240001234"),
        ("+1234567890", "+1234567890"),
        ("+1 (415) 555-2671", "+14155552671"),
        ("+44‑20 7946.0958", "+442079460958"),
    ],
)
def test_a_number_is_stored_in_one_spelling(typed: str, stored: str) -> None:
    assert normalize_phone(typed) == stored


@pytest.mark.parametrize(
    ("number", "written"),
    [
        ("+91-9876543210", "+91 98765 43210"),
        ("098765 43210", "+91 98765 43210"),
        ("+14155552671", "+14155552671"),
        ("ask at the gate", "ask at the gate"),
        ("", ""),
    ],
)
def test_people_read_a_number_in_one_form(number: str, written: str) -> None:
    assert written_phone(number) == written


def test_country_code_stands_for_a_missing_one() -> None:
    assert normalize_phone("4155552671", country_code="+1") == "+14155552671"
    assert normalize_phone("919876543210", country_code="+44") == "+44919876543210"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "+",
        "phone",
        "98765",
        "+91 98765 4321",
        "+91 98765 43210 1",
        "+0123456789",
        "+1234567890123456",
        "९८७६५४३२१०",
    ],
)
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as error:
        normalize_phone(typed, field="phoneNumber")
    assert error.value.field == "phoneNumber"


def test_mask_phone() -> None:
    assert mask_phone("+919876543210") == "+91******10"
