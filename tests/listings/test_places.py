import pytest

from flashspace.base.states import get_state
from listings import places
from listings.places import (
    city_key,
    find_pincode,
    find_place,
    find_state_code,
    known_cities,
    state_of_pincode,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bangalore", "bengaluru"),
        ("  BENGALURU ", "Bengaluru"),
        ("Bombay", "Mumbai"),
        ("Gurgaon", "Gurugram"),
        ("New  Delhi", "Delhi"),
        ("Ｍｕｍｂａｉ", "mumbai"),
        ("Springfield", "SPRINGFIELD"),
    ],
)
def test_city_key_of_two_spellings_is_one(one: str, other: str) -> None:
    assert city_key(one) == city_key(other)


def test_city_key_is_cut_to_what_the_column_holds() -> None:
    assert len(city_key("x" * 500)) == places.LONGEST_CITY


def test_every_alias_names_a_known_city() -> None:
    assert {row["city"] for row in places._rows("city_aliases.csv")} <= set(known_cities())


def test_find_place_of_an_area_is_the_area() -> None:
    place = find_place("mumbai", "andheri east")

    assert place is not None
    assert (place.area, place.state_code, place.latitude, place.longitude) == ("Andheri East", "27", 19.1136, 72.8697)


def test_find_place_of_an_unknown_area_is_the_middle_of_the_city() -> None:
    middle, areas = find_place("Mumbai", "Nowhere"), places._places()["mumbai"].values()

    assert middle is not None
    assert middle.area == ""
    assert min(area.latitude for area in areas) < middle.latitude < max(area.latitude for area in areas)
    assert find_place("Springfield") is None


@pytest.mark.parametrize(
    ("address", "pincode"),
    [
        ("123, Business Park, Andheri East, Mumbai - 400069", "400069"),
        ("MG Road, Bengaluru 560 001, India", "560001"),
        ("Plot 110011, Sector 5, Gurugram-122001", "122001"),
        ("Call +91-9876543210", ""),
        ("Pin 012345", ""),
        ("No digits at all", ""),
    ],
)
def test_find_pincode(address: str, pincode: str) -> None:
    assert find_pincode(address) == pincode


def test_every_pincode_of_the_table_lies_in_its_city_s_state() -> None:
    rows = [row for row in places._rows("cities.csv") if row["pincode"]]

    assert len(rows) > 100
    assert [row for row in rows if state_of_pincode(row["pincode"]) != row["state_code"]] == []


def test_every_state_of_the_pincode_table_is_one_that_is_taxed() -> None:
    codes = {row["state_code"] for row in places._rows("pincode_states.csv")} - {""}

    assert all(get_state(code).is_place_of_supply and not get_state(code).is_historical for code in codes)
    assert len(codes) == 36  # 28 states and 8 union territories


@pytest.mark.parametrize(
    ("pincode", "state_code"),
    [
        ("403001", "30"),  # Goa, amid Maharashtra's 40
        ("160017", "04"),  # Chandigarh, amid Punjab's 16
        ("160062", "03"),
        ("194101", "38"),
        ("605001", "34"),
        ("737101", "11"),
        ("744101", "35"),
        ("829208", "20"),
        ("248001", "05"),
        ("262001", ""),  # a prefix that two states share
        ("999999", ""),
        ("", ""),
    ],
)
def test_state_of_pincode(pincode: str, state_code: str) -> None:
    assert state_of_pincode(pincode) == state_code


def test_find_state_code_believes_the_city_before_the_pincode() -> None:
    assert find_state_code(city="Bangalore", pincode="400001") == "29"
    assert find_state_code(city="Springfield", pincode="400001") == "27"
    assert find_state_code(city="Springfield") == ""
