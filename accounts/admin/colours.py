"""The colours of states, in lists and on pages alike."""

from accounts.enums import InvitationStatus, MembershipStatus, OrganizationStatus

ORGANIZATIONS: dict[str, str] = {
    OrganizationStatus.ACTIVE: "success",
    MembershipStatus.SUSPENDED: "warning",
    MembershipStatus.REVOKED: "danger",
    MembershipStatus.DELETED: "danger",
    InvitationStatus.PENDING: "warning",
    InvitationStatus.ACCEPTED: "success",
}
