"""Who sells: the entity registered where the space is, else the default one."""

from dataclasses import asdict

from django.db.models import Case, Q, Value, When

from billing.exceptions import NoSeller
from billing.models import SellerEntity
from flashspace.base.pdf.parties import Party


def choose_seller(state_code: str) -> SellerEntity:
    """Raises NoSeller where neither exists."""
    is_here = Case(When(state_code=state_code, then=Value(0)), default=Value(1))
    candidates = SellerEntity.objects.filter(Q(state_code=state_code) | Q(is_default=True), is_active=True)
    seller = candidates.order_by(is_here).first()
    if seller is None:
        raise NoSeller
    return seller


def describe_seller(seller: SellerEntity) -> dict[str, object]:
    """The seller as an invoice keeps it: a Party in JSON."""
    party = Party(
        name=seller.legal_name,
        address=tuple(filter(None, map(str.strip, seller.address.splitlines()))),
        state=seller.state_code,
        gstin=seller.gstin,
        pan=seller.pan,
        email=seller.email,
        phone=seller.phone,
    )
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(party).items()}
