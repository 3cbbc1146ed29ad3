"""Making an organization, and what its data become."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from accounts.clients import Client
from accounts.exceptions import EmailTaken, OrganizationTaken
from accounts.models import Membership, Organization, User
from accounts.services import audit, budgets, passwords, verification
from accounts.services.decoys import nobody, rehearsal
from accounts.services.signup import tell_owner_of_sign_up
from accounts.system_roles import OWNER_ID
from flashspace.base.clock import now
from flashspace.base.models import new_id

RESERVED_SLUGS = frozenset({"me", "switch", "admin", "api", "new", "settings", "www", "app", "support", "flashspace"})


@dataclass(frozen=True, slots=True)
class Registered:
    """Ids only: SECURITY_PROFILE=strict answers with ids of nobody when the address is taken."""

    user_id: UUID
    organization_id: UUID


def register_organization(
    *,
    organization_name: str,
    organization_email: str,
    first_name: str,
    last_name: str,
    email: str,
    password: str,
    client: Client,
) -> Registered:
    """A person and an organization of theirs, each with a mail that proves its address.

    Raises EmailTaken, OrganizationTaken, Invalid, RateLimited, HashingBusy.
    """
    user = User(email=email, full_name=f"{first_name} {last_name}".strip(), given_name=first_name)
    organization = Organization(name=organization_name, slug=slug_of(organization_name), email=organization_email)
    passwords.check_policy(password, user=user, field="password")
    is_silent = settings.SECURITY_PROFILE == "strict"
    is_taken = User.objects.filter(email=email).exists
    if not is_silent and budgets.reveal(client=client, tells=is_taken):
        raise EmailTaken
    if budgets.reveal(client=client, tells=lambda: _is_taken(organization)):
        raise OrganizationTaken
    user.password = passwords.hash_password(password)
    if is_silent:
        return _register_silently(user, organization)
    try:
        _create(user, organization)
    except IntegrityError:
        raise (EmailTaken if is_taken() else OrganizationTaken) from None
    return Registered(user.pk, organization.pk)


@transaction.atomic
def _create(user: User, organization: Organization) -> None:
    user.save(force_insert=True)
    organization.save(force_insert=True)
    join(user=user, organization=organization, role_id=OWNER_ID)
    audit.record(
        action="organization.created",
        actor=user,
        target=organization,
        organization=organization,
        after={"name": organization.name, "slug": organization.slug, "email": organization.email},
    )
    audit.record(action="user.created", actor=user, target=user, organization=organization)
    verification.send_first_code(user=user)
    verification.send_organization_link(organization=organization, owner=user)


def _register_silently(user: User, organization: Organization) -> Registered:
    """Free or taken, everything is written; of a taken address it is taken back, and its owner is told."""
    owner = User.objects.filter(email=user.email).first()
    try:
        with rehearsal(is_only=owner is not None):
            _create(nobody() if owner else user, organization)
    except IntegrityError:
        owner = User.objects.filter(email=user.email).first()
        if owner is None:
            raise OrganizationTaken from None  # somebody else was as quick
    with rehearsal(is_only=owner is None or not owner.is_active):
        tell_owner_of_sign_up(owner or nobody())
    return Registered(user.pk, organization.pk)


def _is_taken(organization: Organization) -> bool:
    return (
        Organization.objects.filter(slug=organization.slug).exists()
        or Organization.objects.filter(email=organization.email).exists()
    )


def join(*, user: User, organization: Organization, role_id: int) -> Membership:
    """A first membership, in the caller's transaction."""
    at = now()
    return Membership.objects.create(
        user=user, organization=organization, role_id=role_id, joined_at=at, last_used_at=at
    )


def slug_of(name: str) -> str:
    """The name in the form in which it is unique and stands in addresses; never a reserved word."""
    slug = slugify(name)[:50].strip("-") or f"organization-{new_id().hex[-8:]}"
    return f"{slug}-1" if slug in RESERVED_SLUGS or len(slug) < 3 else slug
