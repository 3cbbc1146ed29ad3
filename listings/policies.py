"""Who may do what with a listing. No queries but those of Django's permissions, which are read once per request."""

from django.contrib.auth.models import AnonymousUser

from accounts.enums import Role
from accounts.models import User
from listings.models import Space

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


def can_review_space(user: User | AnonymousUser) -> bool:
    return user.is_staff and user.has_perm(REVIEW)
