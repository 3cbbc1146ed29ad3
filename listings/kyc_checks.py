"""What the tables of places tell about a KYC case."""

from collections.abc import Iterator

from accounts.models import KycProfile
from flashspace.base.states import all_states
from listings.places import find_pincode, state_of_pincode


def check_state(case: KycProfile) -> Iterator[str]:
    """The first two digits of a GSTIN are the state that it was given out in."""
    pincode = find_pincode(case.registered_address)
    of_address, of_gstin = all_states().get(state_of_pincode(pincode)), all_states().get(case.gstin[:2])
    if of_address and of_gstin and of_address.code != of_gstin.code:
        yield f"GSTIN: given out in {of_gstin.label}, but the pincode {pincode} lies in {of_address.label}"
