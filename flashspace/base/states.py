"""Indian states and union territories by their GST code (the first two characters of a GSTIN)."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TABLE = Path(__file__).parent / "data" / "gst_state_codes.csv"
ABROAD = "96"  # place of supply of an export of services; never the prefix of a GSTIN


@dataclass(frozen=True)
class State:
    """`second_tax` is what stands beside CGST there: SGST, or UTGST in a territory without legislature."""

    code: str
    name: str
    second_tax: str
    is_historical: bool
    is_place_of_supply: bool

    @property
    def label(self) -> str:
        """As an invoice prints it: `Maharashtra (27)`."""
        return f"{self.name} ({self.code})"


@cache
def all_states() -> Mapping[str, State]:
    with TABLE.open(encoding="utf-8", newline="") as table:
        return {
            row["code"]: State(
                code=row["code"],
                name=row["name"],
                second_tax=row["second_tax"],
                is_historical=row["historical"] == "yes",
                is_place_of_supply=row["valid_place_of_supply"] == "yes",
            )
            for row in csv.DictReader(table)
        }


def get_state(code: str) -> State:
    """Raises KeyError for a code that is not in the table."""
    return all_states()[code]


@cache
def _codes_by_name() -> Mapping[str, str]:
    return {_fold(state.name): state.code for state in all_states().values() if not state.is_historical}


def find_state(name: str) -> State | None:
    """The state by its name, whatever the case and spelling of `and`; None when there is none."""
    code = _codes_by_name().get(_fold(name))
    return all_states()[code] if code else None


def _fold(name: str) -> str:
    return " ".join(name.replace("&", " and ").casefold().split())
