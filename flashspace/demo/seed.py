"""Load the demo step by step. Each step leaves alone what stands already, so a broken run is finished by the next."""

from collections.abc import Callable
from datetime import timedelta

from django.db.models import F

from accounts.enums import KycStatus, MailStatus
from accounts.models import Mail, User
from flashspace.base import clock
from flashspace.demo.bookings import seed_bookings
from flashspace.demo.cases import decide_cases, ensure_people, seed_cases
from flashspace.demo.people import CUSTOMERS
from flashspace.demo.spaces import ensure_sellers, seed_spaces
from flashspace.demo.staff import EMAIL, ensure_staff
from listings.models import Space

YEAR = timedelta(days=365)
Tell = Callable[[str], object]


def is_loaded() -> bool:
    """Whether the last step was reached."""
    return User.objects.filter(email=EMAIL).exists() and Space.objects.exists()


def has_other_data() -> bool:
    """Whether somebody else's data are here, which a demo must not mix with."""
    return User.objects.exists() and not User.objects.filter(email__in=[EMAIL, CUSTOMERS[0].email]).exists()


def load(tell: Tell) -> None:
    """Staff, sellers, sixty listings in six cities, people with their KYC, bookings in every state."""
    staff = ensure_staff()
    ensure_sellers()
    people = ensure_people()
    owners = [user for user in people.values() if user.role == "owner"]
    spaces: dict[str, list[Space]] = {}
    for space in seed_spaces(staff=staff, owners=owners):
        spaces.setdefault(space.city, []).append(space)
        if len(spaces[space.city]) == 1:
            tell(f"  listings in {space.city}")
    tell("  people and bookings")
    seed_cases(people=people)
    with clock.pretend(clock.now() - YEAR):
        decide_cases(people=people, reviewer=staff, wanted=[KycStatus.APPROVED])
    for _ in seed_bookings(people=people, spaces=spaces):
        pass
    decide_cases(people=people, reviewer=staff, wanted=[KycStatus.REJECTED, KycStatus.RESUBMIT])
    _count_mails_as_sent(people)


def _count_mails_as_sent(people: dict[str, User]) -> None:
    """Mails of months ago arrived months ago; none of them carries a code."""
    queued = Mail.objects.filter(user__in=people.values(), status=MailStatus.QUEUED)
    queued.update(status=MailStatus.SENT, sent_at=F("created_at"), attempts=1)
