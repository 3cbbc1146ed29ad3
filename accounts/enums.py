from django.db.models import TextChoices


class Role(TextChoices):
    """What a person is here for. Staff is Django's flag and groups, never a role anybody can choose."""

    CUSTOMER = "customer", "Customer"
    ENTERPRISE = "enterprise", "Enterprise customer"
    OWNER = "owner", "Owner"


class EndReason(TextChoices):
    LOGOUT = "logout", "Signed out"
    LOGOUT_ALL = "logout_all", "Signed out everywhere"
    PASSWORD = "password", "Password changed"
    REVOKED = "revoked", "Ended by staff"
    DEACTIVATED = "deactivated", "Account deactivated"
    REUSED = "reused", "A used refresh token came back"
    SWITCHED = "switched", "Went to another organization"
    REMOVED = "removed", "Removed from the organization"
    OWNER = "owner", "Ended by the person, from another device"


class TokenPurpose(TextChoices):
    VERIFY_EMAIL = "verify_email", "Verify e-mail"
    RESET_PASSWORD = "reset_password", "Reset password"
    CHANGE_EMAIL = "change_email", "Change e-mail"
    KEEP_EMAIL = "keep_email", "Keep the old e-mail"
    VERIFY_ORGANIZATION = "verify_organization", "Verify organization"
    EXCHANGE = "exchange", "End a Google sign-in"
    SECOND_FACTOR = "second_factor", "Show the second factor"
    SET_UP_MFA = "set_up_mfa", "Set up MFA"


class MailStatus(TextChoices):
    """Of a mail, and of an SMS."""

    QUEUED = "queued", "Queued"
    SENT = "sent", "Sent"
    DEAD = "dead", "Given up"


class KycStatus(TextChoices):
    NOT_STARTED = "not_started", "Not started"
    PENDING = "pending", "Waiting for review"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"
    RESUBMIT = "resubmit", "Asked again"


KYC_TRANSITIONS: dict[str, set[str]] = {
    KycStatus.NOT_STARTED: {KycStatus.PENDING},
    KycStatus.PENDING: {KycStatus.APPROVED, KycStatus.REJECTED, KycStatus.RESUBMIT},
    KycStatus.APPROVED: {KycStatus.PENDING},
    KycStatus.REJECTED: {KycStatus.PENDING},
    KycStatus.RESUBMIT: {KycStatus.PENDING},
}


class DocumentType(TextChoices):
    PAN_CARD = "pan_card", "PAN Card"
    AADHAAR_CARD = "aadhaar_card", "Aadhaar Card"
    GST_CERTIFICATE = "gst_certificate", "GST Certificate"
    COI = "coi", "Certificate of Incorporation"
    ADDRESS_PROOF = "address_proof", "Address Proof"
    BANK_STATEMENT = "bank_statement", "Bank Statement"


class DocumentStatus(TextChoices):
    PENDING = "pending", "Waiting for review"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"
    RESUBMIT = "resubmit", "Asked again"


DOCUMENT_TRANSITIONS: dict[str, set[str]] = {
    DocumentStatus.PENDING: {DocumentStatus.APPROVED, DocumentStatus.REJECTED, DocumentStatus.RESUBMIT},
    DocumentStatus.APPROVED: {DocumentStatus.REJECTED, DocumentStatus.RESUBMIT},
    DocumentStatus.REJECTED: {DocumentStatus.APPROVED},
    DocumentStatus.RESUBMIT: {DocumentStatus.APPROVED},
}


class PackageCode(TextChoices):
    """What an organization has bought; their numbers on the wire are 1 to 4, in this order."""

    FREEMIUM = "freemium", "Freemium"
    BASIC = "basic", "Basic"
    PLATINUM = "platinum", "Platinum"
    DIAMOND = "diamond", "Diamond"

    @property
    def number(self) -> int:
        return list(PackageCode).index(self) + 1


class OrganizationStatus(TextChoices):
    ACTIVE = "active", "Active"
    SUSPENDED = "suspended", "Suspended"


class MembershipStatus(TextChoices):
    ACTIVE = "active", "Active"
    SUSPENDED = "suspended", "Suspended"
    REVOKED = "revoked", "Revoked"
    DELETED = "deleted", "Deleted"


MEMBERSHIP_TRANSITIONS: dict[str, set[str]] = {
    MembershipStatus.ACTIVE: {MembershipStatus.SUSPENDED, MembershipStatus.REVOKED, MembershipStatus.DELETED},
    MembershipStatus.SUSPENDED: {MembershipStatus.ACTIVE, MembershipStatus.REVOKED, MembershipStatus.DELETED},
    # Back by an invitation that the person accepts, and by nothing else.
    MembershipStatus.REVOKED: {MembershipStatus.ACTIVE},
    MembershipStatus.DELETED: {MembershipStatus.ACTIVE},
}


class InvitationStatus(TextChoices):
    PENDING = "pending", "Pending"
    ACCEPTED = "accepted", "Accepted"
    EXPIRED = "expired", "Expired"
    CANCELLED = "cancelled", "Cancelled"


INVITATION_TRANSITIONS: dict[str, set[str]] = {
    InvitationStatus.PENDING: {InvitationStatus.ACCEPTED, InvitationStatus.EXPIRED, InvitationStatus.CANCELLED},
    InvitationStatus.ACCEPTED: set(),
    InvitationStatus.EXPIRED: set(),
    InvitationStatus.CANCELLED: set(),
}
