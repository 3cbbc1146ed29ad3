"""What a person changes of their own account, whichever dialect they speak."""

from django.db import transaction

from accounts.models import Organization, User
from accounts.phones import normalize_phone
from accounts.services import audit
from flashspace.base.locks import lock_row

FIELDS = ("full_name", "given_name", "phone", "phone_typed", "picture_url")
TOLD = ("full_name", "picture_url")  # the organization's log does not keep anybody's phone


@transaction.atomic
def update_own_account(
    *,
    user: User,
    first_name: str | None = None,
    last_name: str | None = None,
    full_name: str | None = None,
    phone: str | None = None,
    picture_url: str | None = None,
    organization: Organization | None = None,
) -> User:
    """Change what is given; the name in two parts or whole. An empty phone or picture takes it away. Another phone has
    to be verified anew.

    `organization` is where the person is signed in: its log tells of it. Raises Invalid.
    """
    number = normalize_phone(phone, field="phone") if phone else ""
    locked = lock_row(User.objects.all(), pk=user.pk)
    before = audit.snapshot(locked, FIELDS)
    if first_name is not None or last_name is not None:
        first = locked.first_name if first_name is None else first_name
        last = locked.last_name if last_name is None else last_name
        locked.given_name, locked.full_name = first[:100], f"{first} {last}".strip()
    if full_name is not None and full_name != locked.full_name:
        locked.given_name, locked.full_name = "", full_name
    if phone is not None:
        if number != locked.phone:
            locked.phone_verified_at = None
        locked.phone, locked.phone_typed = number, phone
    if picture_url is not None:
        locked.picture_url = picture_url
    if audit.snapshot(locked, FIELDS) != before:
        locked.save(update_fields=[*FIELDS, "phone_verified_at", "updated_at"])
        old, new = {name: before[name] for name in TOLD}, audit.snapshot(locked, TOLD)
        audit.record(
            action="user.updated", actor=locked, target=locked, before=old, after=new, organization=organization
        )
    return locked
