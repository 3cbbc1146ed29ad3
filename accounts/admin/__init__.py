from accounts.admin.audit import AuditEntryAdmin
from accounts.admin.kyc import KycProfileAdmin
from accounts.admin.kyc_papers import KycDocumentAdmin
from accounts.admin.mail import MailAdmin
from accounts.admin.notifications import NotificationAdmin

__all__ = ["AuditEntryAdmin", "KycDocumentAdmin", "KycProfileAdmin", "MailAdmin", "NotificationAdmin"]
