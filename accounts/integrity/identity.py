"""People, sessions, codes and keys."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from django.db.models import F, Q, QuerySet

from accounts.models import IdempotencyKey, OneTimeToken, OtpChallenge, Session, User
from accounts.phones import E164
from accounts.services.idempotency import LEASE
from accounts.services.one_time_tokens import LIFE as LINK_LIFE
from accounts.services.otp import LIFE, LOCK, MOST_TRIES
from flashspace.base.clock import now
from flashspace.base.integrity import Findings, findings, rule
from flashspace.base.text import normalize_email

HASH: Final = r"^[0-9a-f]{64}$"  # a keyed hash; anything else may be the secret itself
CHUNK: Final = 5000
SKEW: Final = timedelta(seconds=5)  # between the clocks of two servers


@rule("I-A1", "Nobody who is inactive is signed in")
def inactive_people_are_signed_out() -> Findings:
    live = Session.objects.filter(ended_at=None, expires_at__gt=now())
    wrong = live.filter(user__is_active=False).values_list("pk", "user__email")
    return findings(live.count(), (f"session {pk} of {email} is live" for pk, email in wrong))


@rule(
    "I-A2",
    "Codes, links and refresh tokens are hashes, good for their time only, and codes are locked after five tries",
)
def secrets_are_hashed_and_short_lived() -> Findings:
    rows = [OtpChallenge.objects.all(), OneTimeToken.objects.all(), Session.objects.all()]
    return findings(sum(found.count() for found in rows), _bad_secrets())


def _bad_secrets() -> Iterator[str]:
    codes = OtpChallenge.objects.order_by("pk")
    yield from _name("code", codes.exclude(Q(code_hash="") | Q(code_hash__regex=HASH)), "is not hashed")
    yield from _name("code", codes.exclude(code_hash="").exclude(expires_at__lte=F("sent_at") + LIFE), "lives too long")
    tried = codes.filter(wrong_tries__gte=MOST_TRIES)
    yield from _name("code", tried.filter(Q(wrong_tries__gt=MOST_TRIES) | Q(locked_until=None)), "is not locked")
    yield from _name("code", codes.filter(locked_until__gt=now() + LOCK + SKEW), "is locked too long")
    links = OneTimeToken.objects.order_by("pk")
    yield from _name("link", links.exclude(token_hash__regex=HASH), "is not hashed")
    for purpose, life in LINK_LIFE.items():
        late = links.filter(purpose=purpose, expires_at__gt=F("created_at") + life + SKEW)
        yield from _name("link", late, "lives too long")
    signed_in = Session.objects.order_by("pk")
    plain = signed_in.exclude(refresh_hash__regex=HASH)
    replaced = signed_in.exclude(Q(previous_refresh_hash="") | Q(previous_refresh_hash__regex=HASH))
    yield from _name("session", plain | replaced, "has a refresh token that is not hashed")


@rule("I-A4", "Addresses are stored in their one spelling, and so are telephone numbers")
def people_are_unique_however_they_are_spelled() -> Findings:
    people = User.objects.order_by("pk").values_list("email", "phone")
    wrong = (f"{email}: {problem}" for email, phone in people.iterator(CHUNK) for problem in _misspelled(email, phone))
    return findings(User.objects.count(), wrong)


def _misspelled(email: str, phone: str) -> Iterator[str]:
    if email != normalize_email(email):
        yield "could have a second account"
    if phone and not E164.fullmatch(phone):
        yield f"the phone {phone[:4]}… is not digits with a plus"


@rule("I-W2", "A kept answer has a status and a body, and no request holds its key longer than its lease")
def idempotency_keys_are_answered_or_free() -> Findings:
    keys = IdempotencyKey.objects.order_by("pk")
    halves = Q(status=None) & ~Q(body="") | Q(status__isnull=False, body="")
    wrong = keys.filter(halves | Q(leased_until__gt=now() + LEASE + SKEW))
    return findings(keys.count(), _name("key", wrong, "is half answered or held too long"))


def _name(thing: str, rows: QuerySet[Any], problem: str) -> Iterator[str]:
    return (f"{thing} {pk} {problem}" for pk in rows.values_list("pk", flat=True))
