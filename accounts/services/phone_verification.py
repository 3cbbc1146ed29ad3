"""Proving a phone: an SMS with a code to type. It says whose phone it is, and signs nobody in.

A number may stand in many accounts and be verified in one: the first whose owner types the code. Whoever has verified
it keeps it until they give it up; nobody takes it from them by a code.

Who is signed in proves numbers to be their own only: a code that another account asked for, which may have put their
number into its profile, is a wrong one to them. Who is not signed in proves it for whoever asked.
"""

from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.clients import Client
from accounts.exceptions import OtpWrong, PhoneTaken, SmsUnavailable
from accounts.models import OtpChallenge, User
from accounts.services import budgets, otp
from accounts.services.decoys import nobody, rehearsal
from accounts.services.sms import queue_sms, withdraw_sms
from flashspace.base.clock import now
from flashspace.base.errors import DomainError
from flashspace.base.locks import lock_row
from flashspace.base.models import new_id

TEMPLATE = "verify_phone"
EVERYBODY = "everybody"


@transaction.atomic
def send_code(*, phone: str, asker: User | None, client: Client, life: timedelta = otp.LIFE) -> None:
    """SMS a code to a number that an account waits to prove; to any other nothing, and the answer is the same.

    Raises SmsUnavailable, OtpTooSoon, and RateLimited: for this number, for the caller's network, or when everybody's
    SMS of the hour are sent.
    """
    if not settings.SMS_SENDER:
        raise SmsUnavailable
    user = _who_waits(phone, asker)
    code = otp.issue_code(identifier=phone, user=user, life=life)
    with rehearsal(is_only=user is None):
        budgets.spend("accounts.sms_network", client.network)
        budgets.spend("accounts.sms", EVERYBODY)
        withdraw_sms(to=phone, template=TEMPLATE)
        queue_sms(
            to=phone,
            template=TEMPLATE,
            context={"minutes": int(life.total_seconds() // 60)},
            secrets={"code": code},
            good_until=now() + life,
            user=user or nobody(),
        )


def _who_waits(phone: str, asker: User | None) -> User | None:
    """Who asks, if it is in their profile; otherwise the only one who has it. Two who claim the same number cannot be
    told apart by it: they have to sign in.
    """
    people = User.objects.filter(phone=phone)
    is_proved = people.filter(phone_verified_at__isnull=False).exists()
    waiting = people.filter(is_active=True)
    if asker is not None and asker.phone == phone:
        waiting = waiting.filter(pk=asker.pk)
    found = list(waiting.order_by("pk")[:2])
    return found[0] if len(found) == 1 and not is_proved else None


def verify_by_code(*, phone: str, code: str, asker: User | None, most_tries: int = otp.MOST_TRIES) -> None:
    """`asker` is who is signed in, if anybody: what was not made for them is wrong, and counted.

    Raises OtpWrong, OtpLocked; PhoneTaken when somebody else was quicker.
    """

    def find(phone: str) -> User | None:
        return _locked_user(phone, asker)

    def prove(user: User) -> DomainError | None:
        return _mark_verified(user, phone)

    otp.spend_code(identifier=phone, code=code, find_user=find, prove=prove, most_tries=most_tries)


def _locked_user(phone: str, asker: User | None) -> User | None:
    """Whom the code was made for: that it still is, is looked at again under the lock of the code. Nobody, if somebody
    else is asking.
    """
    user_id = OtpChallenge.objects.filter(identifier=phone).values_list("user_id", flat=True).first()
    if asker is not None and user_id != asker.pk:
        user_id = None
    try:
        return lock_row(User.objects.all(), pk=user_id or new_id())  # nobody costs as many statements as somebody
    except User.DoesNotExist:
        return None


def _mark_verified(user: User, phone: str) -> DomainError | None:
    if user.phone != phone or not user.is_active:
        return OtpWrong()  # they have another number by now, or nothing any more
    if user.phone_verified_at is not None:
        return None
    user.phone_verified_at = now()
    try:
        with transaction.atomic():
            user.save(update_fields=["phone_verified_at", "updated_at"])
    except IntegrityError:
        return PhoneTaken()
    return None


def check_free(*, phone: str, client: Client, user: User | None = None) -> None:
    """Raises PhoneTaken when somebody else has verified the number, and RateLimited for who asks about too many.

    SECURITY_PROFILE=strict tells nobody: the number is kept, and can only be verified by whom it belongs to.
    """
    if not phone or settings.SECURITY_PROFILE == "strict":
        return
    others = User.objects.filter(phone=phone, phone_verified_at__isnull=False)
    if user is not None:
        others = others.exclude(pk=user.pk)
    if budgets.reveal(client=client, tells=others.exists):
        raise PhoneTaken
