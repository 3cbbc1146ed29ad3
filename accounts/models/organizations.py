"""Organizations, who belongs to them, and what each may do there. The account's own role is another matter."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.enums import InvitationStatus, MembershipStatus, OrganizationStatus, PackageCode
from accounts.organization_permissions import CUSTOM_LEVEL
from flashspace.base.models import BaseModel


class Organization(BaseModel):
    """A company with its people. What its package allows stands in four columns that only billing writes."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=50, unique=True)
    email = models.EmailField(max_length=254, unique=True)
    pending_email = models.EmailField(max_length=254, blank=True, help_text="Becomes the address once it is confirmed")
    phone = models.CharField(max_length=32, blank=True)
    address = models.CharField(max_length=300, blank=True)
    city = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=100, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    website = models.CharField(max_length=300, blank=True)
    logo_url = models.CharField(max_length=500, blank=True)
    description = models.CharField(max_length=1000, blank=True)
    tax_id = models.CharField(max_length=50, blank=True)
    registration_number = models.CharField(max_length=50, blank=True)
    industry = models.CharField(max_length=100, blank=True)
    settings = models.JSONField(default=dict, blank=True)
    is_mfa_required = models.BooleanField("MFA required", default=False)
    email_verified_at = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=12, choices=OrganizationStatus, default=OrganizationStatus.ACTIVE)
    package_code = models.CharField(max_length=12, choices=PackageCode, default=PackageCode.FREEMIUM)
    package_expires_at = models.DateTimeField(null=True, blank=True)
    package_auto_renew = models.BooleanField(default=False)
    user_limit = models.IntegerField(default=10, help_text="-1: no limit")
    role_limit = models.IntegerField(default=2, help_text="The two system roles among them; -1: no limit")

    class Meta:
        ordering = ["-created_at"]
        permissions = [("set_package", "Can set an organization's package")]
        indexes = [
            models.Index(fields=["-created_at"], name="organization_newest"),
            models.Index(fields=["package_expires_at"], name="organization_package_end"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(user_limit__gte=-1) & Q(role_limit__gte=-1), name="organization_limits")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_live(self) -> bool:
        return self.status == OrganizationStatus.ACTIVE and self.email_verified_at is not None


class OrganizationRole(models.Model):
    """What a member may do. The two system roles (1 owner, 2 admin) belong to no organization and serve them all."""

    organization = models.ForeignKey(Organization, models.CASCADE, null=True, blank=True, related_name="roles")
    name = models.CharField(max_length=100)
    slug = models.SlugField(max_length=100)
    description = models.CharField(max_length=500, blank=True)
    level = models.PositiveSmallIntegerField(default=CUSTOM_LEVEL, help_text="A lower number outranks a higher one")
    permissions = models.JSONField(default=list, help_text="Slugs of accounts.organization_permissions")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["level", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "slug"], condition=Q(is_active=True), name="organization_role_slug_once"
            ),
            models.CheckConstraint(
                condition=Q(organization__isnull=True) | Q(level__gte=CUSTOM_LEVEL), name="organization_role_rank"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_system(self) -> bool:
        return self.organization_id is None


class Membership(BaseModel):
    """One person in one organization. Read on every request of it, so what is changed here holds at once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="memberships")
    role = models.ForeignKey(OrganizationRole, models.PROTECT, related_name="memberships")
    status = models.CharField(max_length=12, choices=MembershipStatus, default=MembershipStatus.ACTIVE)
    joined_at = models.DateTimeField()
    last_used_at = models.DateTimeField(help_text="When its tokens were last asked for")
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=500, blank=True)
    # As the person was called when it ended: the organization goes on seeing that, and nothing that came later.
    ended_name = models.CharField(max_length=150, blank=True, default="", db_default="")
    ended_email = models.EmailField(max_length=254, blank=True, default="", db_default="")

    class Meta:
        ordering = ["joined_at", "id"]
        constraints = [models.UniqueConstraint(fields=["organization", "user"], name="membership_once")]
        indexes = [
            models.Index(fields=["user", "-last_used_at"], name="membership_of_user"),
            models.Index(fields=["organization", "status", "joined_at"], name="membership_of_organization"),
            models.Index(fields=["role", "status"], name="membership_of_role"),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.organization}"

    @property
    def is_live(self) -> bool:
        return self.status == MembershipStatus.ACTIVE


class Invitation(BaseModel):
    """Somebody is asked to join, by a link whose secret only the mail has."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="invitations")
    email = models.EmailField(max_length=254)
    role = models.ForeignKey(OrganizationRole, models.PROTECT, related_name="invitations")
    inviter = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    message = models.CharField(max_length=500, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    status = models.CharField(max_length=12, choices=InvitationStatus, default=InvitationStatus.PENDING)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "email"], condition=Q(status="pending"), name="invitation_one_pending"
            ),
            models.CheckConstraint(
                condition=~Q(status="accepted") | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="invitation_accepted_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-created_at"], name="invitation_of_organization"),
            models.Index(fields=["expires_at"], condition=Q(status="pending"), name="invitation_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.organization}"
