from accounts.models.audit import AuditEntry
from accounts.models.audit_seals import AuditSeal
from accounts.models.desk import SavedFilter, StaffNote
from accounts.models.guards import Budget, IdempotencyKey, OneTimeToken, OtpChallenge
from accounts.models.kyc import KycDocument, KycProfile
from accounts.models.messages import Mail, Notification, OutgoingMessage, Sms
from accounts.models.organizations import Invitation, Membership, Organization, OrganizationRole
from accounts.models.second_factor import BackupCode, TotpSetup
from accounts.models.sessions import Session
from accounts.models.support_views import SupportView
from accounts.models.users import User

__all__ = [
    "AuditEntry",
    "AuditSeal",
    "BackupCode",
    "Budget",
    "IdempotencyKey",
    "Invitation",
    "KycDocument",
    "KycProfile",
    "Mail",
    "Membership",
    "Notification",
    "OneTimeToken",
    "Organization",
    "OrganizationRole",
    "OtpChallenge",
    "OutgoingMessage",
    "SavedFilter",
    "Session",
    "Sms",
    "StaffNote",
    "SupportView",
    "TotpSetup",
    "User",
]
