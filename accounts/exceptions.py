"""What can go wrong with an account. Codes are stable; each dialect has its own words for them."""

from flashspace.base.errors import (
    Conflict,
    DomainError,
    Final,
    Forbidden,
    Invalid,
    NotFound,
    Unauthenticated,
    Unavailable,
)


class EmailTaken(Conflict):
    code = "EMAIL_TAKEN"
    message = "An account with this e-mail address exists"


class PhoneTaken(Conflict):
    """Somebody else has shown that the number is theirs."""

    code = "PHONE_TAKEN"
    message = "This phone number belongs to another account"


class BadCredentials(Unauthenticated):
    code = "AUTHENTICATION_FAILED"
    message = "Invalid e-mail or password"


class TokenRefused(Unauthenticated):
    message = "Missing or invalid token"


class HashingBusy(Unavailable):
    """As many passwords as one process may hash at once are being hashed."""


class GoogleUnavailable(Unavailable):
    message = "Google sign-in is not available"


class GoogleRefused(Unauthenticated):
    code = "AUTHENTICATION_FAILED"
    message = "Google did not confirm this sign-in"


class GoogleFailed(Unauthenticated):
    code = "GOOGLE_FAILED"
    message = "Unable to authenticate with Google"


class AddressUnproven(Conflict):
    """The address has an account, and nobody has shown yet that its maker reads the mail."""

    message = (
        "An account with this address exists and the address was never verified. "
        "Choose a new password with the link of 'forgot password', then sign in with Google"
    )


class WrongPassword(Invalid):
    message = "The current password is not right"

    def __init__(self) -> None:
        super().__init__(field="current_password")


class AccountDisabled(Forbidden):
    code = "ACCOUNT_DISABLED"
    message = "This account is disabled"


class EmailNotVerified(Forbidden):
    code = "EMAIL_NOT_VERIFIED"
    message = "Please verify your e-mail address first"


class OtpWrong(DomainError):
    code = "OTP_INVALID"
    message = "Invalid or expired OTP"


class OtpLocked(DomainError):
    code = "OTP_LOCKED"
    status = 429
    message = "Too many wrong codes; try again later"


class OtpTooSoon(DomainError):
    code = "OTP_TOO_SOON"
    status = 429
    message = "Please wait before asking for another code"


class OtpUnasked(NotFound):
    """For dialects that tell whether a code was asked for at all."""

    code = "OTP_NOT_FOUND"
    message = "No OTP was sent there; please request one"


class SmsUnavailable(Unavailable):
    message = "SMS are not available here"


class SmsTooLate(Conflict):
    """An SMS whose code has run out is of no use to anybody."""

    message = "What this SMS carries has run out: the person has to ask for another"


class UserUnknown(NotFound):
    message = "User not found"


class AlreadyVerified(DomainError):
    code = "ALREADY_VERIFIED"
    message = "This e-mail address is verified already"


class RoleAlreadySet(DomainError):
    """Only who came by Google chooses a role, and once."""

    code = "ROLE_ALREADY_SET"
    message = "You have already selected a role"


class OriginRefused(Forbidden):
    """A change that only a cookie speaks for, from a page that is none of ours."""

    code = "ORIGIN_REFUSED"
    message = "This page may not do that with your sign-in"


class SecondFactorWrong(Unauthenticated):
    """Wrong, used before, too old, or not written in ASCII digits: nobody is told which."""

    code = "MFA_CODE_INVALID"
    message = "That code is not right, or was used already"


class SecondFactorThere(Conflict):
    code = "MFA_ENABLED"
    message = "A second factor is set up already"


class SecondFactorMissing(Conflict):
    code = "MFA_NOT_ENABLED"
    message = "No second factor is set up"


class SecondFactorRequired(Forbidden):
    code = "MFA_REQUIRED"
    message = "Staff need a second factor: move it to another device instead"


class FactorNotShown(Forbidden):
    code = "MFA_REQUIRED"
    message = "Show your second factor first: set it up under Two-step sign-in, or sign in again with it"


class ViewIsReadOnly(Final, Forbidden):
    code = "READ_ONLY"
    message = "FlashSpace support only looks: nothing is changed with this session"


class NotForSupport(Forbidden):
    message = "This is not shown to FlashSpace support"


class SetupOver(Conflict):
    code = "MFA_SETUP_EXPIRED"
    message = "This set-up is over; begin again"


class TokenInvalid(DomainError):
    code = "TOKEN_INVALID"
    message = "Invalid or expired token"


class SessionEnded(Unauthenticated):
    message = "The session has ended; please sign in again"


class IdempotencyMismatch(Conflict):
    code = "IDEMPOTENCY_KEY_REUSED"
    message = "This Idempotency-Key was used for another request"


class IdempotencyRunning(Conflict):
    code = "IDEMPOTENCY_KEY_RUNNING"
    message = "A request with this Idempotency-Key is still running"


class StaffOnly(Forbidden):
    message = "Only a superuser may change a colleague's account"


class OwnAccount(Forbidden):
    message = "Ask a colleague: nobody does this to their own account"


class OwnCase(Forbidden):
    """A reviewer never decides about himself."""

    code = "OWN_CASE"
    message = "You cannot decide your own case"


class CaseIncomplete(Conflict):
    code = "KYC_INCOMPLETE"
    message = "There is no PAN card to look at: ask for it first"


class CaseChanged(Conflict):
    code = "KYC_CHANGED"
    message = "Something new was handed in after you opened the page. Please look at it, then decide"


class CaseClosed(Conflict):
    code = "KYC_CLOSED"
    message = "A document is decided while its case waits for review"


class ReasonMissing(DomainError):
    code = "REASON_REQUIRED"
    message = "Give the person a reason"


class DocumentUnknown(NotFound):
    message = "Document not found"


class DocumentGone(DomainError):
    """The stored file is not there any more, or is not the one that was stored."""

    code = "DOCUMENT_GONE"
    status = 410
    message = "This document is damaged and cannot be opened"


class OrganizationTaken(Conflict):
    code = "ORGANIZATION_EXISTS"
    message = "An organization with this name, slug or e-mail address exists"


class OrganizationUnknown(NotFound):
    message = "Organization not found"


class SlugTaken(Conflict):
    code = "SLUG_EXISTS"
    message = "This slug is taken"


class PackageTooSmall(Forbidden):
    code = "PACKAGE_REQUIRED"
    message = "The organization's package does not include this"


class SignInTooOld(Forbidden):
    """What takes everything along needs somebody who has just shown who they are."""

    code = "RECENT_SIGN_IN_REQUIRED"
    message = "Please sign in again first"


class OrganizationMissing(Forbidden):
    """The session is of no organization."""

    code = "ORGANIZATION_REQUIRED"
    message = "Choose an organization first"


class MembershipOver(Unauthenticated):
    """The session's organization is not this person's any more, or sleeps."""

    code = "MEMBERSHIP_ENDED"
    message = "You are no member of this organization any more; please sign in again"


class NotVerifiedYet(Unauthenticated):
    """workspace: nobody is signed in before the person and the organization have proved their addresses."""

    code = "EMAIL_NOT_VERIFIED"
    message = "Please verify your e-mail address first"


class MfaRequired(Unauthenticated):
    """The session has not shown its second factor."""

    code = "MFA_REQUIRED"
    message = "Show your second factor first"


class MfaSetupRequired(Unauthenticated):
    code = "MFA_SETUP_REQUIRED"
    message = "Set up a second factor first"


class PermissionMissing(Forbidden):
    """The role in the organization does not allow it."""

    code = "PERMISSION_DENIED"


class NotBelow(DomainError):
    """Who is to be changed does not stand below who wants it."""

    code = "RANK_TOO_HIGH"
    message = "You may do this only with people who stand below you"


class RankTooHigh(Forbidden):
    """A role at or above the own, or with something in it that one may not do oneself."""

    code = "RANK_TOO_HIGH"
    message = "You may do this only with roles that stand below your own"


class OwnMembership(DomainError):
    code = "OWN_MEMBERSHIP"
    message = "Nobody does this to their own membership"


class OwnerStays(DomainError):
    code = "OWNER_REQUIRED"
    message = "This cannot be done to an owner of the organization"


class MemberLeft(Conflict):
    code = "MEMBER_LEFT"
    message = "This person is no member any more: only an invitation that they accept lets them in again"


class BelongsElsewhere(Forbidden):
    """The account is not only this organization's business."""

    code = "BELONGS_ELSEWHERE"
    message = "This account is not your organization's alone: only the person can change its name and address"


class RoleUnknown(NotFound):
    message = "Role not found"


class MemberUnknown(NotFound):
    message = "User not found"


class EntryUnknown(NotFound):
    message = "Audit log not found"


class RoleFixed(DomainError):
    code = "SYSTEM_ROLE"
    message = "System roles cannot be changed"


class RoleInUse(DomainError):
    code = "ROLE_IN_USE"
    message = "This role is somebody's: give them another one first"


class RoleTaken(Conflict):
    code = "ROLE_EXISTS"
    message = "A role with this slug exists"


class RoleLimit(Forbidden):
    code = "ROLE_LIMIT"
    message = "Your package does not allow more roles"


class SeatsTaken(DomainError):
    code = "USER_LIMIT"
    message = "Your package does not allow more people"


class AlreadyMember(Conflict):
    code = "ALREADY_MEMBER"
    message = "This person is a member of the organization"


class AlreadyInvited(Conflict):
    code = "ALREADY_INVITED"
    message = "This address has an invitation that is still open"


class InvitationUnknown(NotFound):
    message = "Invitation not found"


class InvitationOver(DomainError):
    """It was accepted, taken back, has expired, or what it offers is not there any more."""

    code = "INVITATION_OVER"
    message = "This invitation is not valid any more; ask for another one"
