"""What an organization's people change of it. Each is in its log."""

from collections.abc import Mapping
from typing import Any

import orjson
from django.conf import settings as conf
from django.db import IntegrityError, transaction

from accounts.clients import Client
from accounts.enums import MembershipStatus, TokenPurpose
from accounts.exceptions import OrganizationTaken, PackageTooSmall, PermissionMissing, SlugTaken
from accounts.models import Membership, Organization, User
from accounts.organization_permissions import OWNER_LEVEL
from accounts.policies import may_choose_slug
from accounts.selectors.mfa import has_second_factor
from accounts.services import audit, budgets, one_time_tokens
from accounts.services.mail import queue_mail
from accounts.services.notify import notify_all
from accounts.services.organization_lock import acting
from accounts.services.organization_sign_in import offer_setup
from accounts.services.organizations import RESERVED_SLUGS, slug_of
from flashspace.base.clock import now
from flashspace.base.errors import Invalid

MOST_SETTINGS = 100
MOST_BYTES = 16_000


def update_organization(*, actor: Membership, values: Mapping[str, Any], client: Client) -> Membership:
    """Change what is named. Another e-mail address waits until its mailbox confirms it; the old one is told.

    The slug follows the name where it was made from it and the package lets organizations have their own.
    Raises OrganizationTaken, PermissionMissing, MembershipOver, RateLimited.
    """
    email = values.get("email", actor.organization.email)
    others = Organization.objects.exclude(pk=actor.organization_id)
    if email != actor.organization.email and budgets.reveal(
        client=client, tells=lambda: others.filter(email=email).exists()
    ):
        raise OrganizationTaken
    with acting(actor, "organizations.edit") as mine:
        organization = mine.organization
        wanted = {name: value for name, value in values.items() if name != "email"}
        if "name" in wanted:
            wanted |= _slug_for(organization, wanted["name"])
        wanted["pending_email"] = email if email != organization.email else ""
        before = audit.snapshot(organization, wanted)
        if before == wanted:
            return mine
        _save(organization, wanted, taken=OrganizationTaken)
        if organization.pending_email not in ("", before["pending_email"]):
            _ask_to_confirm(organization, mine.user)
        audit.record(
            action="organization.updated",
            actor=mine.user,
            target=organization,
            before=before,
            after=wanted,
            organization=organization,
        )
        return mine


def update_settings(
    *, actor: Membership, settings: Mapping[str, Any], is_mfa_required: bool | None = None
) -> tuple[Membership, str]:
    """Merge settings in; None takes one away. Only an owner says whether everybody needs a second factor.

    The members are told. Returns a token to set up a second factor where the actor now needs one and has none.
    Raises Invalid, PermissionMissing, MembershipOver.
    """
    with acting(actor, "organizations.settings") as mine:
        organization = mine.organization
        before = audit.snapshot(organization, ("settings", "is_mfa_required"))
        merged = {**organization.settings, **settings}
        wanted: dict[str, Any] = {
            "settings": {name: value for name, value in merged.items() if value is not None},
            "is_mfa_required": organization.is_mfa_required if is_mfa_required is None else is_mfa_required,
        }
        if wanted["is_mfa_required"] != before["is_mfa_required"] and mine.role.level != OWNER_LEVEL:
            raise PermissionMissing("Only the owner decides whether everybody needs a second factor")
        if len(wanted["settings"]) > MOST_SETTINGS or len(orjson.dumps(wanted["settings"])) > MOST_BYTES:
            raise Invalid("These are more settings than an organization may keep", field="settings")
        if wanted == before:
            return mine, ""
        _save(organization, wanted)
        audit.record(
            action="organization.settings_updated",
            actor=mine.user,
            target=organization,
            before=before,
            after=wanted,
            organization=organization,
        )
        return mine, _tell_of_settings(mine, was_required=before["is_mfa_required"])


def update_slug(*, actor: Membership, slug: str) -> Membership:
    """By the owner, in a package with slugs. Raises PermissionMissing, PackageTooSmall, SlugTaken, MembershipOver."""
    with acting(actor) as mine:
        organization = mine.organization
        if mine.role.level != OWNER_LEVEL:
            raise PermissionMissing
        if not may_choose_slug(organization, now()):
            raise PackageTooSmall("Slugs of one's own come with the Basic, Platinum and Diamond packages")
        if slug == organization.slug:
            return mine
        if slug in RESERVED_SLUGS:
            raise SlugTaken
        before = audit.snapshot(organization, ("slug",))
        _save(organization, {"slug": slug}, taken=SlugTaken)
        audit.record(
            action="organization.slug_updated",
            actor=mine.user,
            target=organization,
            before=before,
            after={"slug": slug},
            organization=organization,
        )
        return mine


def _slug_for(organization: Organization, name: str) -> dict[str, str]:
    """The slug that comes with a name, where it changes. Raises OrganizationTaken for a name that another one has."""
    slug = slug_of(name)
    if Organization.objects.filter(slug=slug).exclude(pk=organization.pk).exists():
        raise OrganizationTaken
    was_made_of_name = organization.slug == slug_of(organization.name)
    return {"slug": slug} if was_made_of_name and may_choose_slug(organization, now()) else {}


def _save(organization: Organization, values: Mapping[str, Any], *, taken: type[Exception] = OrganizationTaken) -> None:
    """`taken` where another organization has a unique value."""
    for name, value in values.items():
        setattr(organization, name, value)
    try:
        with transaction.atomic():
            organization.save(update_fields=[*values, "updated_at"])
    except IntegrityError:
        raise taken from None


def _ask_to_confirm(organization: Organization, actor: User) -> None:
    """The link to the new address, word of it to the old one. Raises RateLimited: it may be any stranger's."""
    budgets.spend("accounts.email_changes", str(organization.pk))
    budgets.spend("accounts.change_mails", organization.pending_email)
    token = one_time_tokens.issue_token(
        user=actor,
        purpose=TokenPurpose.VERIFY_ORGANIZATION,
        organization=organization,
        email=organization.pending_email,
    )
    context = {"name": actor.get_short_name(), "organization": organization.name}
    queue_mail(
        to=organization.pending_email,
        template="organization_email",
        context=context,
        secrets={"link": f"{conf.FRONTEND_URL}/verify-email?token={token}"},
        user=actor,
    )
    context["email"] = organization.pending_email
    queue_mail(to=organization.email, template="organization_email_asked", context=context, user=actor)


def _tell_of_settings(actor: Membership, *, was_required: bool) -> str:
    organization = actor.organization
    people = User.objects.filter(memberships__organization=organization, memberships__status=MembershipStatus.ACTIVE)
    is_required = organization.is_mfa_required
    if is_required == was_required:
        title = f"The settings of {organization.name} were changed"
        notify_all(users=people, kind="organization.updated", title=title)
        return ""
    kind = "mfa.enabled" if is_required else "mfa.disabled"
    title = f"{organization.name} now {'wants' if is_required else 'does without'} a second factor"
    notify_all(users=people, kind=kind, title=title)
    needs_setup = is_required and not has_second_factor(actor.user)
    return offer_setup(user=actor.user, organization=organization) if needs_setup else ""
