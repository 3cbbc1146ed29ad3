"""What is printed, as plain data. The renderers read nothing else, so equal data gives equal bytes."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from flashspace.base.pdf.parties import Party
from flashspace.base.states import all_states
from listings.enums import SpaceKind


@dataclass(frozen=True)
class Premises:
    """The space, or the desk, cabin or unit in it, that is used. `state` is a GST code."""

    name: str
    address: str
    city: str
    state: str
    pincode: str = ""

    @property
    def full_address(self) -> str:
        """Without what the address itself says already."""
        rest = [part for part in (self.city, self.pincode) if part and part.casefold() not in self.address.casefold()]
        state = all_states().get(self.state)
        return ", ".join([self.address, " ".join(rest), state.name if state else ""]).replace(", ,", ",").strip(", ")


@dataclass(frozen=True)
class AgreementDocument:
    """The client agreement of a booking. `end_on` is the first day after the term, as a booking stores it.

    `kind` chooses the clauses; `has_registration` says whether the address may be used for GST and company
    registration; `fee` is what is paid for the whole term, GST included.
    """

    booking_number: str
    issued_on: date
    licensor: Party
    client: Party
    premises: Premises
    kind: SpaceKind
    plan: str
    seats: int
    start_on: date
    end_on: date
    fee: Decimal
    invoice_number: str
    has_registration: bool
    is_auto_renewed: bool
    verification_url: str

    @property
    def number(self) -> str:
        return f"AGR-{self.booking_number}"

    @property
    def last_on(self) -> date:
        return self.end_on - timedelta(days=1)


@dataclass(frozen=True)
class NocDocument:
    """The consent that the client registers the premises as a place of business (Form GST REG-01, INC-22)."""

    booking_number: str
    issued_on: date
    licensor: Party
    client: Party
    premises: Premises
    start_on: date
    end_on: date
    verification_url: str

    @property
    def number(self) -> str:
        return f"NOC-{self.booking_number}"

    @property
    def last_on(self) -> date:
        return self.end_on - timedelta(days=1)

    @property
    def agreement_number(self) -> str:
        return f"AGR-{self.booking_number}"
