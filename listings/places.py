"""Indian cities and pincodes: which state an address lies in, and about where. Pure; the tables stand in `data/`."""

import csv
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"
LONGEST_CITY = 80
# Six digits of an address that stand alone: "Mumbai - 400069", "Pin 400 069".
_PINCODE = re.compile(r"(?<!\d)([1-9]\d{2}) ?(\d{3})(?!\d)")


@dataclass(frozen=True)
class Place:
    """A business area of a city, or its middle (`area` is empty). Coordinates are right to about a kilometre."""

    city: str
    area: str
    state_code: str
    pincode: str
    latitude: float
    longitude: float


def city_key(city: str) -> str:
    """The one spelling by which cities are compared: Bangalore, bengaluru and  BENGALURU  are one."""
    folded = _fold(city)
    return _aliases().get(folded, folded)[:LONGEST_CITY]


def find_place(city: str, area: str = "") -> Place | None:
    """The area where it is known, else the city's middle; None for a city that is not in the table."""
    places = _places().get(city_key(city))
    if places is None:
        return None
    return places.get(_fold(area)) or places[""]


def find_pincode(address: str) -> str:
    """The last pincode in an address, or an empty text."""
    found = _PINCODE.findall(address)
    return "".join(found[-1]) if found else ""


def find_state_code(*, city: str, pincode: str = "") -> str:
    """GST code of the state: the city's, else the pincode's by its longest known beginning. Empty where nobody can say.

    The city comes first: a wrong digit moves a pincode to another state more easily than a wrong letter moves a city.
    """
    place = find_place(city)
    return place.state_code if place else state_of_pincode(pincode)


def state_of_pincode(pincode: str) -> str:
    states = _pincode_states()
    return next((states[pincode[:end]] for end in range(len(pincode), 1, -1) if pincode[:end] in states), "")


def known_cities() -> list[str]:
    """Names as they are written today, in order."""
    return sorted(places[""].city for places in _places().values())


def _fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


@cache
def _aliases() -> Mapping[str, str]:
    return {_fold(row["alias"]): _fold(row["city"]) for row in _rows("city_aliases.csv")}


@cache
def _pincode_states() -> Mapping[str, str]:
    """By prefix. An empty state marks a district that is shared, where a shorter prefix would answer wrongly."""
    return {row["prefix"]: row["state_code"] for row in _rows("pincode_states.csv")}


@cache
def _places() -> Mapping[str, Mapping[str, Place]]:
    """By city key, then by folded area; the empty area is the middle of the city's areas."""
    cities: dict[str, dict[str, Place]] = {}
    for row in _rows("cities.csv"):
        place = Place(
            city=row["city"],
            area=row["area"],
            state_code=row["state_code"],
            pincode=row["pincode"],
            latitude=float(row["latitude"]),
            longitude=float(row["longitude"]),
        )
        cities.setdefault(_fold(place.city), {})[_fold(place.area)] = place
    for areas in cities.values():
        areas[""] = _middle(list(areas.values()))
    return cities


def _middle(areas: list[Place]) -> Place:
    return Place(
        city=areas[0].city,
        area="",
        state_code=areas[0].state_code,
        pincode=areas[0].pincode,
        latitude=round(sum(area.latitude for area in areas) / len(areas), 4),
        longitude=round(sum(area.longitude for area in areas) / len(areas), 4),
    )
