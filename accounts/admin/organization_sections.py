"""On an organization's page: who belongs to it, who is asked to, what it may use. Apps after this one register too."""

from typing import Any

from accounts.admin.colours import ORGANIZATIONS as COLOURS
from accounts.admin.customer_page import MOST, Section, Sections, list_url
from accounts.admin.pages import label, link_to, when
from accounts.enums import InvitationStatus
from accounts.models import Organization, User
from accounts.selectors.invitations import invitations_of, state_of
from accounts.selectors.organization_stats import UNLIMITED, stats_of
from accounts.selectors.organizations import people_of

_organizations: Sections[Organization] = Sections()
register_section = _organizations.register
sections_of = _organizations.of


def members(organization: Organization, viewer: User) -> Section:
    without = "danger" if organization.is_mfa_required else ""
    seats: Any = people_of(organization)[:MOST]
    rows = [
        (
            link_to(seat.user, seat.user.email),
            seat.user.full_name or "–",
            seat.role.name,
            label(seat.get_status_display(), COLOURS.get(seat.status, "")),
            when(seat.joined_at),
            label("On", "success") if seat.has_factor else label("Off", without),
            link_to(seat, "Seat"),
        )
        for seat in seats
    ]
    more = list_url("accounts_membership", q=organization.slug)
    heads = ("Person", "Name", "Role", "State", "Joined", "MFA", "")
    return Section("Members", heads, rows, "Nobody belongs to it.", more)


def invitations(organization: Organization, viewer: User) -> Section:
    rows = []
    for one in invitations_of(organization)[:MOST]:
        state = InvitationStatus(state_of(one))
        rows.append(
            (
                link_to(one, one.email),
                one.role.name,
                label(state.label, COLOURS.get(state, "")),
                link_to(one.inviter, one.inviter.email),
                when(one.created_at),
                when(one.expires_at),
            )
        )
    more = list_url("accounts_invitation", q=organization.slug)
    heads = ("Address", "Role", "State", "Invited by", "On", "Good until")
    return Section("Invitations", heads, rows, "Nobody is asked to join.", more)


def limits(organization: Organization, viewer: User) -> Section:
    stats = stats_of(organization)
    used = (
        ("People", stats.users, organization.user_limit),
        ("Roles, the two of the system too", stats.roles, organization.role_limit),
    )
    over = [what for what, count, limit in used if limit != UNLIMITED and count > limit]
    rows = [(what, count, "no limit" if limit == UNLIMITED else limit) for what, count, limit in used]
    rows.append(("Invitations that wait", stats.pending_invitations, "–"))
    said = "More than the package allows: they stay, and no more are added" if over else ""
    return Section("What it uses", ("", "Used", "Allowed"), rows, "", summary=said, is_alarming=bool(over))


register_section(10, "accounts.view_organization", limits)
register_section(20, "accounts.view_membership", members)
register_section(30, "accounts.view_invitation", invitations)
