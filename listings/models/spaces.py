from pathlib import PurePath

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from flashspace.base.models import BaseModel, new_id
from listings.enums import DeskType, HomeSize, Period, PlanCode, SpaceKind, SpaceStatus
from listings.querysets import SpaceQuerySet


def photo_path(photo: "SpacePhoto", filename: str) -> str:
    """A name that nobody can guess: `/uploads/<uuid>.jpg` opens for everybody who has it."""
    return f"{new_id()}{PurePath(filename).suffix.lower()}"


class Space(BaseModel):
    """Anything that is let: the row is always the version the public sees."""

    kind = models.CharField(max_length=16, choices=SpaceKind)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    address = models.CharField(max_length=500)
    city = models.CharField(max_length=80)
    city_key = models.CharField(max_length=80, editable=False, help_text="City as it is compared: case-folded")
    area = models.CharField(max_length=120, blank=True)
    state_code = models.CharField(max_length=2, blank=True, help_text="GST state code: where its rent is taxed")
    pincode = models.CharField(max_length=6, blank=True)
    latitude = models.FloatField(null=True, blank=True, validators=[MinValueValidator(-90), MaxValueValidator(90)])
    longitude = models.FloatField(null=True, blank=True, validators=[MinValueValidator(-180), MaxValueValidator(180)])
    features = models.JSONField(default=list, blank=True)
    availability = models.CharField(max_length=60, default="Available Now")
    desk_type = models.CharField(max_length=24, choices=DeskType, blank=True)
    home_size = models.CharField(
        max_length=8, choices=HomeSize, blank=True, default="", db_default="", help_text="Of a rental"
    )
    total_seats = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: no limit")
    image_url = models.CharField("picture", max_length=1000, blank=True, help_text="Empty: the first photo")
    rating = models.DecimalField(
        max_digits=3, decimal_places=2, default=0, validators=[MinValueValidator(0), MaxValueValidator(5)]
    )
    reviews = models.PositiveIntegerField(default=0)
    is_popular = models.BooleanField("popular", default=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="spaces",
        help_text="Empty: the platform's own",
    )
    status = models.CharField(max_length=12, choices=SpaceStatus, default=SpaceStatus.DRAFT)
    submitted_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="approved_spaces"
    )
    rejected_at = models.DateTimeField(null=True, blank=True)
    rejection_reason = models.TextField(blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    # JSON as the API answers it, written with every change (docs/decisions/0003-stored-listing-documents.md).
    list_document = models.TextField(editable=False, default="")
    document = models.TextField(editable=False, default="")

    objects = SpaceQuerySet.as_manager()

    class Meta:
        verbose_name = "listing"
        ordering = ["-created_at"]
        permissions = [("review_space", "Can approve and reject listings")]
        indexes = [
            # the public lists: one kind, perhaps one city, popular first, then best rated
            models.Index(
                fields=["kind", "city_key", "-is_popular", "-rating", "-id"],
                name="space_public_city",
                condition=Q(status="approved", deleted_at__isnull=True),
            ),
            models.Index(
                fields=["kind", "-is_popular", "-rating", "-id"],
                name="space_public",
                condition=Q(status="approved", deleted_at__isnull=True),
            ),
            models.Index(fields=["owner", "-created_at"], name="space_owner_newest"),
            models.Index(fields=["submitted_at"], condition=Q(status="pending"), name="space_queue"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="approved") | Q(approved_at__isnull=False), name="space_approved_has_time"
            ),
            models.CheckConstraint(
                condition=~Q(status="approved") | ~Q(state_code=""), name="space_approved_has_state"
            ),
            models.CheckConstraint(
                condition=Q(total_seats__isnull=True) | Q(total_seats__gt=0), name="space_seats_positive"
            ),
            models.CheckConstraint(condition=Q(rating__gte=0, rating__lte=5), name="space_rating_0_to_5"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_public(self) -> bool:
        return self.status == SpaceStatus.APPROVED and self.deleted_at is None


class Plan(BaseModel):
    """What of a space is sold, at what price. `price_text` is the price as it was sent, and goes out the same."""

    space = models.ForeignKey(Space, models.CASCADE, related_name="plans")
    code = models.CharField(max_length=12, choices=PlanCode)
    name = models.CharField(max_length=80)
    amount = models.DecimalField(max_digits=12, decimal_places=2, help_text="GST included")
    original_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, default="INR")
    period = models.CharField(max_length=8, choices=Period, default=Period.MONTH)
    seats = models.PositiveSmallIntegerField(default=1, help_text="Seats that one of it takes")
    price_text = models.CharField(max_length=40, blank=True)
    original_price_text = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["space", "code"], name="plan_code_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="plan_not_negative"),
            models.CheckConstraint(condition=Q(seats__gt=0), name="plan_seats_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.space}"


class SpacePhoto(BaseModel):
    space = models.ForeignKey(Space, models.CASCADE, related_name="photos")
    file = models.ImageField(upload_to=photo_path, max_length=200)
    caption = models.CharField(max_length=150, blank=True)
    is_proposed = models.BooleanField(default=False, help_text="Part of a change that waits for approval")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = "photo"
        ordering = ["position", "created_at"]

    def __str__(self) -> str:
        return self.caption or str(self.file.name)
