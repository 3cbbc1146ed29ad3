"""The role that a person who came by Google chooses, once."""

from django.db.transaction import atomic

from accounts.enums import Role
from accounts.exceptions import RoleAlreadySet
from accounts.models import User
from accounts.services import audit
from flashspace.base.locks import lock_row


def choose_role(*, user: User, role: Role) -> User:
    """The session stays, unlike where staff give somebody another role: it is the person's own first choice, and
    rento's document goes on with the same token. Raises RoleAlreadySet.
    """
    with atomic():
        locked = lock_row(User.objects.all(), pk=user.pk)
        if not locked.is_role_open:
            raise RoleAlreadySet
        before = audit.snapshot(locked, ("role",))
        locked.role, locked.is_role_open = role, False
        locked.save(update_fields=["role", "is_role_open", "updated_at"])
        after = audit.snapshot(locked, ("role",))
        audit.record(action="user.role_chosen", actor=locked, target=locked, before=before, after=after)
    return locked
