"""The way from signing up to an active booking. Accounts know its first steps; apps that come later register theirs."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, TextChoices, Value, When

from accounts.enums import KycStatus, Role
from accounts.models import KycProfile


class Step(TextChoices):
    """In order. A person has reached one who has reached all before it as well."""

    SIGNED_UP = "signed_up", "Signed up"
    VERIFIED = "verified", "Verified"
    BOOKED = "booked", "Booked"
    PAID = "paid", "Paid"
    KYC_APPROVED = "kyc_approved", "KYC approved"
    ACTIVE = "active", "Active booking"


Condition = Callable[[], Q]
# A row a person: who, and for each step a number that is 0 where it was not done.
Rows = Callable[[], "QuerySet[Any, Any]"]
CUSTOMERS = (Role.CUSTOMER, Role.ENTERPRISE)
IS_CUSTOMER = Q(is_staff=False, role__in=CUSTOMERS)


def _is_approved() -> Q:
    return Q(Exists(KycProfile.objects.filter(user=OuterRef("pk"), status=KycStatus.APPROVED)))


_conditions: dict[Step, Condition] = {
    Step.SIGNED_UP: lambda: IS_CUSTOMER,
    Step.VERIFIED: lambda: Q(email_verified_at__isnull=False) | Q(phone_verified_at__isnull=False),
    Step.KYC_APPROVED: _is_approved,
}


def _approved() -> "QuerySet[Any, Any]":
    return KycProfile.objects.filter(status=KycStatus.APPROVED).order_by().values_list("user", Value(1))


_rows: dict[tuple[Step, ...], Rows] = {(Step.KYC_APPROVED,): _approved}


def register(step: Step, condition: Condition) -> None:
    """`condition()` holds for the people who did `step`."""
    _conditions[step] = condition


def known_steps() -> list[Step]:
    return [step for step in Step if step in _conditions]


def reached(step: Step) -> Q:
    """People who went all the way to `step`."""
    way = Q()
    for one in known_steps():
        way &= _conditions[one]()
        if one is step:
            break
    return way


def register_rows(steps: tuple[Step, ...], rows: Rows) -> None:
    """`rows()` say at once for everybody what the conditions of `steps` say of one."""
    _rows[steps] = rows


def rows_of(steps: Sequence[Step]) -> Mapping[tuple[Step, ...], Rows]:
    return {some: rows for some, rows in _rows.items() if set(some) <= set(steps)}


def did(step: Step) -> Case:
    """1 for who did it, else 0."""
    return Case(When(_conditions[step](), then=1), default=0, output_field=IntegerField())
