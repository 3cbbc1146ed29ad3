"""Who sells: the entity registered where the space is, else the default one."""

from dataclasses import asdict
from typing import Any

from django.db.models import Case, Q, Value, When

from accounts.models import User
from accounts.services import audit
from accounts.validators import check_gstin
from billing.exceptions import NoSeller
from billing.models import SellerEntity
from flashspace.base.errors import Invalid
from flashspace.base.locks import atomic
from flashspace.base.pdf.parties import Party

AUDITED = (
    "legal_name",
    "address",
    "state_code",
    "gstin",
    "pan",
    "email",
    "phone",
    "invoice_prefix",
    "is_default",
    "is_active",
)


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


def check_seller(seller: SellerEntity) -> tuple[str, ...]:
    """Warnings about an entity that is to be saved. Raises Invalid with the field at fault."""
    checked = check_gstin(seller.gstin)
    if seller.state_code != checked.value[:2]:
        raise Invalid("The GSTIN is of another state", field="state_code")
    known = SellerEntity.objects.filter(pk=seller.pk).first()
    if known and known.invoice_prefix != seller.invoice_prefix and known.invoices.exists():
        raise Invalid("It has numbered invoices, so it keeps its prefix", field="invoice_prefix")
    if known and known.is_default and not seller.is_default:
        raise Invalid("Make another entity the default one instead", field="is_default")
    if seller.is_default and not seller.is_active:
        raise Invalid("The default entity has to be active", field="is_active")
    return checked.warnings


def save_seller(*, seller: SellerEntity, actor: User) -> SellerEntity:
    """Add or change an entity; a new default one takes the place of the old. Raises Invalid."""
    check_seller(seller)
    with atomic():
        known = SellerEntity.objects.filter(pk=seller.pk).first()
        if seller.is_default:
            for other in SellerEntity.objects.filter(is_default=True).exclude(pk=seller.pk):
                other.is_default = False
                _save(other, before={"is_default": True}, actor=actor)
        _save(seller, before=audit.snapshot(known, AUDITED) if known else {}, actor=actor)
    return seller


def _save(seller: SellerEntity, *, before: dict[str, Any], actor: User) -> None:
    seller.save()
    audit.record(
        action="seller.changed" if before else "seller.added",
        actor=actor,
        target=seller,
        before=before,
        after=audit.snapshot(seller, before or AUDITED),
    )
