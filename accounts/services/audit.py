"""The audit log: who did what to which thing. Plain inserts in the transaction of the change they tell of."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Model

from accounts.models import AuditEntry, Organization, User
from flashspace.base.clock import now
from flashspace.base.context import network, request_id
from flashspace.base.masking import MASK, is_secret
from flashspace.base.text import one_line


def record(
    *,
    action: str,
    actor: User | None,
    target: Model,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
    organization: Organization | None = None,
) -> AuditEntry:
    """Write one entry, inside the caller's transaction. `actor` is None for the machine's own steps; an `organization`
    sees the entry in its own log.

    What is equal in `before` and `after` is left out; values under secret names (password, token, PAN …) are masked.
    """
    old, new = _changed(_shown(before or {}), _shown(after or {}), before, after)
    return AuditEntry.objects.create(
        at=now(),
        actor=actor,
        organization=organization,
        actor_email=actor.email if actor else "",
        action=action,
        target_type=target._meta.label_lower,
        target_id=str(target.pk),
        target_label=one_line(str(target)),
        before=old,
        after=new,
        reason=reason,
        request_id=request_id.get(),
        network=network.get(),
    )


def record_of_server(
    *, action: str, subject: str, before: Mapping[str, Any], after: Mapping[str, Any], reason: str = ""
) -> AuditEntry:
    """What an operator did on the machine to something that is no row."""
    old, new = _changed(_shown(before), _shown(after), before, after)
    return AuditEntry.objects.create(
        at=now(),
        action=action,
        target_type="server",
        target_id=subject,
        target_label=subject,
        before=old,
        after=new,
        reason=reason,
    )


def snapshot(obj: Model, fields: Iterable[str]) -> dict[str, Any]:
    """The named fields of a row as they are now, to be a `before` or an `after`."""
    return {name: getattr(obj, name) for name in fields}


def _changed(
    shown_before: dict[str, Any],
    shown_after: dict[str, Any],
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> tuple[dict[str, Any], dict[str, Any]]:
    # Compared before masking: that a secret changed is worth knowing, what it is is not.
    same = {key for key in before or {} if after is not None and key in after and after[key] == (before or {})[key]}
    return (
        {key: value for key, value in shown_before.items() if key not in same},
        {key: value for key, value in shown_after.items() if key not in same},
    )


def _shown(values: Mapping[str, Any]) -> dict[str, Any]:
    return {str(key): MASK if is_secret(str(key)) and value else _plain(value) for key, value in values.items()}


def _plain(value: Any) -> Any:
    """What JSON can say; anything else as text."""
    if isinstance(value, Mapping):
        return _shown(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if value is None or isinstance(value, str | bool | int | float) else str(value)
