"""From where a person signs in: a network with a program, whatever its version. What was not seen for a month is told
by mail.
"""

import hashlib
from datetime import timedelta

from accounts.clients import Client, device_of
from accounts.enums import EndReason
from accounts.models import Session, User
from accounts.selectors.sessions import SUPPORT
from accounts.services.mail import queue_mail
from flashspace.base.clock import now

DEVICE_KNOWN_FOR = timedelta(days=30)
MOST_PROGRAMS = 100  # of one person in one network, versions of a month among them
# What ended like this was perhaps not the owner's device.
SUSPECT = (EndReason.REVOKED, EndReason.REUSED, EndReason.OWNER)


def is_known_device(*, user: User, client: Client) -> bool:
    """Whether this person signed in from this network with this program within 30 days; support's looks are none."""
    since = now() - DEVICE_KNOWN_FOR
    mine = Session.objects.filter(user=user, created_at__gte=since).exclude(end_reason__in=SUSPECT)
    mine = mine.exclude(dialect=SUPPORT)
    seen = mine.filter(network=client.network).order_by().values_list("user_agent", flat=True).distinct()
    device = device_of(client.user_agent)
    return any(device_of(user_agent) == device for user_agent in seen[:MOST_PROGRAMS])


def tell_of_new_device(*, user: User, client: Client) -> None:
    """In the transaction of a sign-in, before it is a row. Not the first sign-in ever, and a device once a day."""
    if user.last_login is None or is_known_device(user=user, client=client):
        return
    at = now()
    mark = hashlib.sha256(f"{client.network} {device_of(client.user_agent)}".encode()).hexdigest()[:16]
    queue_mail(
        to=user.email,
        template="new_device",
        context={
            "name": user.get_short_name(),
            "device": device_of(client.user_agent),
            "network": client.network,
            "at": at,
        },
        dedupe_key=f"new_device:{user.pk}:{at:%Y-%m-%d}:{mark}",
        user=user,
    )
