from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.enums import Role
from accounts.password_policy import PasswordPolicy
from flashspace.base.models import BaseModel
from flashspace.base.text import normalize_email


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """The first staff account: verified, because nobody could mail it a code yet. Raises ValidationError, which
        Django's own command shows, for a password that staff may not have.
        """
        rights = {"is_staff": True, "is_superuser": True, "email_verified_at": timezone.now(), **fields}
        if password is not None:
            PasswordPolicy().validate(password, self.model(email=normalize_email(email), **rights))
        return self.create_user(email, password, **rights)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=normalize_email(username or ""))


class User(BaseModel, AbstractBaseUser, PermissionsMixin):
    """A person. `email` is stored in its one comparable spelling; only `email_verified_at` says it is verified."""

    email = models.EmailField(max_length=254, unique=True, error_messages={"unique": "This address has an account"})
    full_name = models.CharField(max_length=150, blank=True)
    given_name = models.CharField(
        max_length=100, blank=True, help_text="How `full_name` begins, where the person told the two parts apart"
    )
    phone = models.CharField(max_length=16, blank=True, help_text="Digits with a leading plus")
    phone_typed = models.CharField(max_length=32, blank=True, help_text="As the person wrote it")
    picture_url = models.CharField(max_length=500, blank=True)
    role = models.CharField(max_length=16, choices=Role, default=Role.CUSTOMER)
    is_role_open = models.BooleanField(default=False, help_text="Came by Google and has not chosen a role yet")
    is_staff = models.BooleanField("staff", default=False)
    is_active = models.BooleanField("active", default=True)
    email_verified_at = models.DateTimeField(null=True, blank=True)
    pending_email = models.EmailField(max_length=254, blank=True, help_text="Becomes the address once it is confirmed")
    phone_verified_at = models.DateTimeField(null=True, blank=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        ordering = ["-created_at"]
        permissions = [
            ("unlock_user", "Can unlock a person's codes and sign-in"),
            ("sign_out_user", "Can end all sessions of a person"),
        ]
        indexes = [
            models.Index(fields=["-created_at"], name="user_newest"),
            models.Index(fields=["phone"], name="user_phone"),
            models.Index(fields=["phone"], name="user_phone_prefix", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["role", "-created_at"], name="user_role_newest"),
            models.Index(fields=["-created_at"], condition=Q(is_staff=True), name="user_staff_newest"),
            models.Index(fields=["-created_at"], condition=Q(is_active=False), name="user_inactive_newest"),
            models.Index(fields=["-created_at"], condition=Q(email_verified_at__isnull=True), name="user_unproved"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["phone"],
                condition=Q(phone_verified_at__isnull=False) & ~Q(phone=""),
                name="user_verified_phone_once",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email

    def get_full_name(self) -> str:
        return self.full_name

    @property
    def first_name(self) -> str:
        return self._name_parts[0]

    @property
    def last_name(self) -> str:
        return self._name_parts[1]

    @property
    def _name_parts(self) -> tuple[str, str]:
        """As the person told them apart, else at the first space."""
        if self.given_name and f"{self.full_name} ".startswith(f"{self.given_name} "):
            return self.given_name, self.full_name[len(self.given_name) :].strip()
        first, _, last = self.full_name.partition(" ")
        return first, last.strip()

    def get_short_name(self) -> str:
        return self.full_name.split(" ")[0] or self.email

    @property
    def is_email_verified(self) -> bool:
        return self.email_verified_at is not None

    @property
    def is_verified(self) -> bool:
        """A verified e-mail or phone: what making a booking, a payment or a listing needs."""
        return self.email_verified_at is not None or self.phone_verified_at is not None
