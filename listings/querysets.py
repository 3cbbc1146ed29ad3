from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from listings.enums import SpaceStatus

if TYPE_CHECKING:
    from accounts.models import User
    from listings.models import Space  # noqa: F401


class SpaceQuerySet(models.QuerySet["Space"]):
    def alive(self) -> "SpaceQuerySet":
        return self.filter(deleted_at__isnull=True)

    def public(self) -> "SpaceQuerySet":
        return self.filter(status=SpaceStatus.APPROVED, deleted_at__isnull=True)

    def visible_to(self, user: Any) -> "SpaceQuerySet":
        """What is public, and one's own; everything for staff who may look at listings."""
        if user.is_authenticated and user.is_staff and user.has_perm("listings.view_space"):
            return self
        if user.is_authenticated:
            return self.filter(
                Q(status=SpaceStatus.APPROVED, deleted_at__isnull=True) | Q(owner=user, deleted_at__isnull=True)
            )
        return self.public()

    def managed_by(self, user: "User") -> "SpaceQuerySet":
        """What a person may change: his own; everything for staff who may change listings."""
        return self if user.is_staff and user.has_perm("listings.change_space") else self.filter(owner=user)
