from accounts.admin.audit import AuditEntryAdmin
from accounts.admin.guards import BudgetAdmin, IdempotencyKeyAdmin, OneTimeTokenAdmin, OtpChallengeAdmin
from accounts.admin.kyc import KycProfileAdmin
from accounts.admin.kyc_papers import KycDocumentAdmin
from accounts.admin.mail import MailAdmin
from accounts.admin.notifications import NotificationAdmin
from accounts.admin.sessions import SessionAdmin
from accounts.admin.social import EmailAddressAdmin, GroupAdmin, SocialAccountAdmin
from accounts.admin.users import UserAdmin

__all__ = [
    "AuditEntryAdmin",
    "BudgetAdmin",
    "EmailAddressAdmin",
    "GroupAdmin",
    "IdempotencyKeyAdmin",
    "KycDocumentAdmin",
    "KycProfileAdmin",
    "MailAdmin",
    "NotificationAdmin",
    "OneTimeTokenAdmin",
    "OtpChallengeAdmin",
    "SessionAdmin",
    "SocialAccountAdmin",
    "UserAdmin",
]
