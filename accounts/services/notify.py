"""In-app notifications: rows that a person reads when they come by."""

from collections.abc import Iterable, Mapping
from typing import Any

from accounts.models import Notification, User
from flashspace.base.text import one_line


def notify(
    *, user: User, kind: str, title: str, message: str = "", data: Mapping[str, Any] | None = None
) -> Notification:
    """One row for one person, in the caller's transaction. `kind` is a dotted word (`kyc.approved`)."""
    return Notification.objects.create(
        user=user,
        kind=kind,
        title=one_line(title, limit=150),
        message=one_line(message, limit=500),
        data=dict(data or {}),
    )


def notify_all(
    *, users: Iterable[User], kind: str, title: str, message: str = "", data: Mapping[str, Any] | None = None
) -> None:
    """The same for many people, in one statement for each thousand."""
    rows = (
        Notification(
            user=user,
            kind=kind,
            title=one_line(title, limit=150),
            message=one_line(message, limit=500),
            data=dict(data or {}),
        )
        for user in users
    )
    Notification.objects.bulk_create(rows, batch_size=1000)


def notify_once(
    *, users: Iterable[User], kind: str, title: str, message: str = "", data: Mapping[str, Any] | None = None
) -> list[Notification]:
    """Tell those who have no unread notification of this kind: one outage is one line, not a thousand."""
    people = list(users)
    told = set(
        Notification.objects.filter(user__in=people, kind=kind, read_at__isnull=True).values_list("user_id", flat=True)
    )
    return [
        notify(user=user, kind=kind, title=title, message=message, data=data) for user in people if user.pk not in told
    ]
