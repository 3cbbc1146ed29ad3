from django.db.models import TextChoices


class SpaceKind(TextChoices):
    VIRTUAL_OFFICE = "virtual_office", "Virtual office"
    COWORKING = "coworking", "Coworking space"
    COLIVING = "coliving", "Coliving"
    RENTAL = "rental", "Rental"


class SpaceStatus(TextChoices):
    DRAFT = "draft", "Draft"
    PENDING = "pending", "Waiting for approval"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"


SPACE_TRANSITIONS: dict[str, set[str]] = {
    SpaceStatus.DRAFT: {SpaceStatus.PENDING},
    SpaceStatus.PENDING: {SpaceStatus.APPROVED, SpaceStatus.REJECTED},
    SpaceStatus.REJECTED: {SpaceStatus.PENDING},
    SpaceStatus.APPROVED: set(),
}


class RevisionStatus(TextChoices):
    PENDING = "pending", "Waiting for approval"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"


REVISION_TRANSITIONS: dict[str, set[str]] = {
    RevisionStatus.PENDING: {RevisionStatus.APPROVED, RevisionStatus.REJECTED},
    RevisionStatus.APPROVED: set(),
    RevisionStatus.REJECTED: set(),
}


class DeskType(TextChoices):
    HOT_DESK = "Hot Desk"
    DEDICATED_DESK = "Dedicated Desk"
    PRIVATE_OFFICE = "Private Office"
    SHARED_DESK = "Shared Desk"


class HomeSize(TextChoices):
    ONE = "1BHK", "1BHK"
    TWO = "2BHK", "2BHK"
    THREE = "3BHK", "3BHK"
    FOUR = "4BHK", "4BHK"
    VILLA = "Villa"


class PlanCode(TextChoices):
    STANDARD = "standard", "Standard Plan"
    GST = "gst", "GST Registration Plan"
    MAILING = "mailing", "Mailing Plan"
    BR = "br", "Business Registration Plan"
    SEAT = "seat", "Seat"
    CABIN = "cabin", "Cabin"
    DAY = "day", "Day pass"
    MONTH = "month", "Month"


class Period(TextChoices):
    MONTH = "month", "Month"
    DAY = "day", "Day"
