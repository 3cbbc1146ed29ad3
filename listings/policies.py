"""Who may do what with a listing. No queries but those of Django's permissions, which are read once per request."""

from django.contrib.auth.models import AnonymousUser

from accounts.enums import Role
from accounts.models import User
from listings.enums import RevisionStatus, SpaceStatus
from listings.models import Space, SpaceRevision

CHANGE = "listings.change_space"
REVIEW = "listings.review_space"


def is_catalogue_staff(user: User | AnonymousUser) -> bool:
    """Staff who keep the catalogue: their changes count at once, and only theirs may touch ratings."""
    return user.is_staff and user.has_perm(CHANGE)


def can_create_space(user: User | AnonymousUser) -> bool:
    return is_catalogue_staff(user) or is_listing_owner(user)


def is_listing_owner(user: User | AnonymousUser) -> bool:
    """An owner's account that is verified."""
    return isinstance(user, User) and user.role == Role.OWNER and user.is_verified


def is_own_space(user: User | AnonymousUser, space: Space) -> bool:
    return user.pk is not None and space.owner_id == user.pk


def can_change_space(user: User | AnonymousUser, space: Space) -> bool:
    return is_catalogue_staff(user) or (is_listing_owner(user) and is_own_space(user, space))


def acts_for_platform(user: User | AnonymousUser, space: Space) -> bool:
    """Whether a change needs no approval. Staff who own the space are its owner here: nobody approves himself."""
    return is_catalogue_staff(user) and not is_own_space(user, space)


def can_review_spaces(user: User | AnonymousUser) -> bool:
    return user.is_staff and user.has_perm(REVIEW)


def can_decide_space(user: User | AnonymousUser, space: Space) -> bool:
    """Whether a listing waits for this person's yes or no."""
    waits = space.status == SpaceStatus.PENDING and space.deleted_at is None
    return waits and can_review_spaces(user) and not is_own_space(user, space)


def can_decide_revision(user: User | AnonymousUser, revision: SpaceRevision) -> bool:
    """Whether a change waits for this person's yes or no."""
    waits = revision.status == RevisionStatus.PENDING and revision.space.deleted_at is None
    is_own = is_own_space(user, revision.space) or revision.proposed_by_id == user.pk
    return waits and can_review_spaces(user) and not is_own
