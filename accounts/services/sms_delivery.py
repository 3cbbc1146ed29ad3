"""Sending the SMS that are due. None is lost, and none goes twice: it costs money and makes people doubt us.

A mail may arrive twice when its sender is killed, an SMS may not. Before the provider is told, the row says that it may
have it from now on (`handed_at`). Where it surely has not (it was not reached, or it refused), that is taken back and
the row is tried again. Where the answer never came, by a time-out, a broken line, a 5xx or a killed sender, the next
attempt asks the provider first what it took for this number since then; it is told again only if it has nothing. While
it cannot say, it is not told. What carries a code is given up when the code is over, and dropped without a word when a
newer one has taken its place: an old code must not come after the new one.

One gap is left, which only an idempotency key of the provider could close: a sender that sleeps longer than its lease
between `hold` and its call (a machine that was suspended), and wakes after another has asked and sent.
"""

from datetime import timedelta

from django.db.models import Q

from accounts.exceptions import SmsTooLate
from accounts.marks import open_marks
from accounts.models import Sms, User
from accounts.services.outbox import Outbox, Withdrawn
from accounts.services.sms import is_withdrawn, wake
from accounts.sms_senders import SmsRefused, sms_sender
from flashspace.base.clock import now
from flashspace.base.crypto import Undecipherable


def send(sms: Sms) -> None:
    """Hand the SMS to the provider, or raise."""
    if sms.provider_id:
        return  # its sender died when it had been taken
    sender = sms_sender()
    text = open_marks(sms.text)
    if sms.handed_at is not None:
        known = sender.find(to=sms.to, text=text, since=sms.handed_at)
        if known is not None:
            _note(sms, known)
            return
    if is_withdrawn(sms):
        raise Withdrawn
    if _is_late(sms):
        raise SmsTooLate
    SMS.hold(sms, if_still=_is_good(), handed_at=sms.handed_at or now())
    try:
        _note(sms, sender.send(to=sms.to, text=text))
    except SmsRefused:
        SMS.mine(sms).update(handed_at=sms.handed_at)
        raise


def is_permanent(error: Exception) -> bool:
    """Whether trying again is pointless: refused for good, too late, or no key opens the secrets."""
    return isinstance(error, SmsTooLate | Undecipherable) or (isinstance(error, SmsRefused) and error.is_permanent)


SMS: Outbox[Sms] = Outbox(
    name="sms",
    title="An SMS",
    model=Sms,
    texts=("text",),
    send=send,
    is_permanent=is_permanent,
    wake=wake,
    first_pause=timedelta(seconds=10),  # a code is good for minutes
)

deliver = SMS.deliver
deliver_due = SMS.sweep
wake_due_sms = SMS.wake_due


def resend_sms(*, sms: Sms, actor: User) -> Sms:
    """Queue a dead SMS afresh. Raises NotGivenUp, and SmsTooLate when what it carries has run out."""
    if _is_late(sms):
        raise SmsTooLate
    return SMS.resend(sms, actor=actor)


def _is_late(sms: Sms) -> bool:
    return sms.good_until is not None and sms.good_until <= now()


def _is_good() -> Q:
    """It may have been withdrawn since it was claimed."""
    return Q(good_until=None) | Q(good_until__gt=now())


def _note(sms: Sms, provider_id: str) -> None:
    Sms.objects.filter(pk=sms.pk).update(provider_id=provider_id[:64])
