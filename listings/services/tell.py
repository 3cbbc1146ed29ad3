"""What an owner is told of his listing."""

from accounts.services.notify import notify
from listings.models import Space

TITLES = {
    "approved": "Your listing is approved",
    "rejected": "Your listing was not approved",
    "change_approved": "Your change is approved",
    "change_rejected": "Your change was not approved",
    "changed": "Your listing was changed by our staff",
    "deleted": "Your listing was taken off by our staff",
    "restored": "Your listing is back",
}


def tell_owner(space: Space, what: str, reason: str = "") -> None:
    """One notification, in the caller's transaction; nobody for the platform's own."""
    if space.owner is None:
        return
    message = f"{space.name}: {reason}" if reason else space.name
    data = {"space_id": str(space.pk)}
    notify(user=space.owner, kind=f"space.{what}", title=TITLES[what], message=message, data=data)
