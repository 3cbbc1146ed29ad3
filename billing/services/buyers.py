"""Who buys, as the invoice keeps it: the person, and the company of their KYC case."""

from dataclasses import dataclass

from accounts.models import KycProfile, User
from flashspace.base.states import all_states


@dataclass(frozen=True)
class Buyer:
    """`state` is the GST code of the registration, empty when there is none that can be a place of supply."""

    name: str
    email: str
    company: str = ""
    gstin: str = ""
    address: str = ""

    @property
    def state(self) -> str:
        state = all_states().get(self.gstin[:2])
        return state.code if state and state.is_place_of_supply else ""


def find_buyer(customer: User) -> Buyer:
    """What is on record today. An invoice that is out does not change when its buyer does."""
    name = customer.full_name or customer.email
    case = KycProfile.objects.filter(user=customer).first()
    if case is None:
        return Buyer(name=name, email=customer.email)
    return Buyer(
        name=name,
        email=customer.email,
        company=case.company_name,
        gstin=case.gstin,
        address=case.registered_address,
    )
