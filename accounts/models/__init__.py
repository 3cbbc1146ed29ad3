from accounts.models.audit import AuditEntry
from accounts.models.guards import Budget, IdempotencyKey, OneTimeToken, OtpChallenge
from accounts.models.kyc import KycDocument, KycProfile
from accounts.models.messages import Mail, Notification
from accounts.models.sessions import Session
from accounts.models.users import User

__all__ = [
    "AuditEntry",
    "Budget",
    "IdempotencyKey",
    "KycDocument",
    "KycProfile",
    "Mail",
    "Notification",
    "OneTimeToken",
    "OtpChallenge",
    "Session",
    "User",
]
