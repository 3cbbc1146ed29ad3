from accounts.admin.audit import AuditEntryAdmin, AuditSealAdmin
from accounts.admin.guards import BudgetAdmin, IdempotencyKeyAdmin, OneTimeTokenAdmin, OtpChallengeAdmin
from accounts.admin.kept_lists import SavedFilterAdmin
from accounts.admin.kyc import KycProfileAdmin
from accounts.admin.kyc_papers import KycDocumentAdmin
from accounts.admin.mail import MailAdmin
from accounts.admin.notes import StaffNoteAdmin
from accounts.admin.notifications import NotificationAdmin
from accounts.admin.organizations import InvitationAdmin, MembershipAdmin, OrganizationAdmin, OrganizationRoleAdmin
from accounts.admin.sessions import SessionAdmin
from accounts.admin.sms import SmsAdmin
from accounts.admin.social import EmailAddressAdmin, GroupAdmin, SocialAccountAdmin
from accounts.admin.support_views import SupportViewAdmin
from accounts.admin.users import UserAdmin

__all__ = [
    "AuditEntryAdmin",
    "AuditSealAdmin",
    "BudgetAdmin",
    "EmailAddressAdmin",
    "GroupAdmin",
    "IdempotencyKeyAdmin",
    "InvitationAdmin",
    "KycDocumentAdmin",
    "KycProfileAdmin",
    "MailAdmin",
    "MembershipAdmin",
    "NotificationAdmin",
    "OneTimeTokenAdmin",
    "OrganizationAdmin",
    "OrganizationRoleAdmin",
    "OtpChallengeAdmin",
    "SavedFilterAdmin",
    "SessionAdmin",
    "SmsAdmin",
    "SocialAccountAdmin",
    "StaffNoteAdmin",
    "SupportViewAdmin",
    "UserAdmin",
]
