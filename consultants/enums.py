from django.db.models import TextChoices


class Approval(TextChoices):
    """Whether staff let a consultant do business here."""

    PENDING = "pending", "Waiting for approval"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"


APPROVAL_TRANSITIONS: dict[str, set[str]] = {
    Approval.PENDING: {Approval.APPROVED, Approval.REJECTED},
    Approval.APPROVED: {Approval.REJECTED},
    Approval.REJECTED: {Approval.APPROVED},
}


class Subscription(TextChoices):
    FREE = "free", "Free"
