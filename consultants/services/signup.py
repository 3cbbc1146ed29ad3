"""A consultant signs up: an account, and the row that waits for staff."""

import secrets

from django.conf import settings
from django.db.models import Max, Q

from accounts.clients import Client
from accounts.models import User
from accounts.services import signup
from consultants.models import Consultant
from consultants.names import slug_base, split_name
from flashspace.base.locks import lock_name

SIX_DIGITS = 100_000


def sign_up_consultant(*, name: str, email: str, password: str, client: Client) -> Consultant:
    """Raises EmailTaken, Invalid, RateLimited, HashingBusy.

    Where SECURITY_PROFILE=strict keeps quiet about a taken address, what comes back was not made.
    """
    first, last = split_name(name)
    made = Consultant(slug_base=slug_base(f"{first} {last}"))
    _number(made, _first_guess())

    def add(user: User) -> None:
        made.user = user
        _take_slug(made)
        made.save(force_insert=True)

    made.user = signup.sign_up(
        email=email,
        password=password,
        full_name=f"{first} {last}".strip(),
        given_name=first,
        client=client,
        then=add,
    )
    return made


def _first_guess() -> int:
    """The next number of a name would tell in the strict profile whether the one before was taken back."""
    return SIX_DIGITS + secrets.randbelow(9 * SIX_DIGITS) if settings.SECURITY_PROFILE == "strict" else 0


def _take_slug(made: Consultant) -> None:
    """The next free number of a name. Who signs up under the same one meanwhile waits here."""
    lock_name(f"consultant slug {made.slug_base}")
    of_name = Consultant.objects.filter(slug_base=made.slug_base)
    if not made.slug_number:
        _number(made, (of_name.aggregate(last=Max("slug_number"))["last"] or 0) + 1)
    while Consultant.objects.filter(
        Q(slug=made.slug) | Q(slug_base=made.slug_base, slug_number=made.slug_number)
    ).exists():
        _number(made, made.slug_number + 1)


def _number(made: Consultant, number: int) -> None:
    made.slug_number, made.slug = number, f"{made.slug_base}-{number}"
