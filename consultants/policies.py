"""Who may do what to a consultant's row. Pure."""

from accounts.models import User
from consultants.models import Consultant


def can_review(user: User, consultant: Consultant) -> bool:
    """Staff with the permission, never the person whose profile it is."""
    is_permitted = user.is_active and user.is_staff and user.has_perm("consultants.review_consultant")
    return is_permitted and consultant.user_id != user.pk
