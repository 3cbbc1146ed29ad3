"""What a reviewer wants to know of a case: what to look at twice, who else uses its numbers, which case comes next."""

from collections.abc import Callable, Iterable

from django.db.models import Q, QuerySet

from accounts.enums import KycStatus
from accounts.models import KycProfile, User
from accounts.selectors.kyc import current_documents
from flashspace.base.crypto import keyed_hash

# Looks at a case and says what is odd about it.
Check = Callable[[KycProfile], Iterable[str]]

_checks: list[Check] = []
MOST_NAMESAKES = 5
ENTERED = ("company_name", "company_type", "pan", "gstin", "cin", "registered_address")
NUMBERS = {"pan": "PAN", "gstin": "GSTIN"}
FORMS_OF_ADDRESS = ("m/s", "m/s.", "the", "mr", "mr.", "mrs", "mrs.", "ms", "ms.", "shri", "smt", "smt.", "dr", "dr.")


def register_check(check: Check) -> None:
    """For what an app after this one knows better: which state an address lies in, say."""
    if check not in _checks:
        _checks.append(check)


def edition_of(case: KycProfile) -> str:
    """Stands for the data and the papers that are decided about: another one where somebody handed in something new."""
    papers = sorted(str(pk) for pk in current_documents(case).values_list("pk", flat=True))
    entered = (str(getattr(case, name)) for name in ENTERED)
    return keyed_hash("\n".join([*entered, *papers]), purpose="edition of a KYC case")


def list_warnings(case: KycProfile) -> list[str]:
    """What was odd when it was handed in, and what is odd now, in the order of finding. `case.user` is loaded."""
    found = [*case.warnings, *check_name(case), *(text for check in _checks for text in check(case))]
    return list(dict.fromkeys(found))


def check_name(case: KycProfile) -> Iterable[str]:
    """The fifth letter of a PAN begins a person's surname, and the name of anybody else, as the tax office gives it."""
    if len(case.pan) < 5:
        return
    is_person = case.pan[3] == "P"
    name = case.user.full_name if is_person else case.company_name
    words = [word for word in name.casefold().split() if word not in FORMS_OF_ADDRESS]
    if not words:
        return
    # Many sign with the surname first, so either end of a person's name will do.
    initials = {words[0][0], words[-1][0]} if is_person else {words[0][0]}
    if case.pan[4].casefold() not in initials:
        whose = "the account's name" if is_person else "the company's name"
        yield f"PAN: the fifth letter is {case.pan[4]}, but {whose} is {name}"


def list_namesakes(case: KycProfile) -> list[tuple[KycProfile, str]]:
    """Other people's cases with the same PAN or GSTIN, and which of them is the same."""
    same = Q()
    for name in NUMBERS:
        if value := getattr(case, name):
            same |= Q(**{name: value})
    if not same:
        return []
    others = KycProfile.objects.filter(same).exclude(pk=case.pk).select_related("user").order_by("pk")[:MOST_NAMESAKES]
    return [(other, _what_is_same(case, other)) for other in others]


def _what_is_same(case: KycProfile, other: KycProfile) -> str:
    same = [
        label for name, label in NUMBERS.items() if getattr(case, name) and getattr(case, name) == getattr(other, name)
    ]
    return " and ".join(same)


def waiting_for(reviewer: User) -> QuerySet[KycProfile]:
    """The cases that this person may decide, longest waiting first."""
    waiting = KycProfile.objects.filter(status=KycStatus.PENDING).exclude(user=reviewer)
    return waiting.order_by("submitted_at", "pk")


def next_waiting(reviewer: User, *, after: KycProfile | None = None) -> KycProfile | None:
    """The longest waiting case; `after` one, the one behind it in the queue, and from the end the first again."""
    waiting = waiting_for(reviewer)
    if after is None or after.submitted_at is None:
        return waiting.first()
    later = Q(submitted_at__gt=after.submitted_at) | Q(submitted_at=after.submitted_at, pk__gt=after.pk)
    return waiting.filter(later).first() or waiting.exclude(pk=after.pk).first()
