"""The way from signing up to an active booking. Accounts know its first steps; apps that come later register theirs."""

from collections.abc import Callable, Sequence

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, TextChoices, Value, When

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
CUSTOMERS = (Role.CUSTOMER, Role.ENTERPRISE)
IS_CUSTOMER = Q(is_staff=False, role__in=CUSTOMERS)


def _is_approved() -> Q:
    return Q(Exists(KycProfile.objects.filter(user=OuterRef("pk"), status=KycStatus.APPROVED)))


_conditions: dict[Step, Condition] = {
    Step.SIGNED_UP: lambda: IS_CUSTOMER,
    Step.VERIFIED: lambda: Q(email_verified_at__isnull=False) | Q(phone_verified_at__isnull=False),
    Step.KYC_APPROVED: _is_approved,
}


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


def last_step(steps: Sequence[Step]) -> Case:
    """How many of `steps` after the first a customer has reached. Only who met one condition is asked for the next."""
    missed = [When(~_conditions[step](), then=Value(place)) for place, step in enumerate(steps[1:])]
    return Case(*missed, default=Value(len(steps) - 1), output_field=IntegerField())
