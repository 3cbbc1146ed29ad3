"""Who may do what to a row. Pure: no writes, no queries beyond Django's cached permissions."""

from datetime import datetime

from accounts.enums import PackageCode
from accounts.models import KycDocument, KycProfile, Organization, Session, User


def can_change_account(user: User, account: User) -> bool:
    """Staff with the permission; a colleague's account only a superuser."""
    return _is_staff_with(user, "accounts.change_user") and (user.is_superuser or not _is_colleague(account))


def can_unlock(user: User, account: User) -> bool:
    return _is_staff_with(user, "accounts.unlock_user") and (user.is_superuser or not _is_colleague(account))


def can_sign_out(user: User, account: User) -> bool:
    return _is_staff_with(user, "accounts.sign_out_user") and (user.is_superuser or not _is_colleague(account))


def can_impersonate(user: User, account: User) -> bool:
    """A customer's account only, not even a superuser a colleague's: what a colleague may do is not to be borrowed."""
    may = _is_staff_with(user, "accounts.impersonate_user")
    return may and account.is_active and not _is_colleague(account)


def can_end_session(user: User, session: Session) -> bool:
    """As with accounts. `session.user` is loaded."""
    may = _is_staff_with(user, "accounts.change_session")
    return may and (user.is_superuser or not _is_colleague(session.user))


def can_review_case(user: User, case: KycProfile) -> bool:
    """A reviewer with the permission, never the person whose case it is."""
    return _is_staff_with(user, "accounts.review_kyc") and case.user_id != user.pk


def can_open_document(user: User, document: KycDocument) -> bool:
    """The owner, or staff with the permission. `document.profile` is loaded."""
    return document.profile.user_id == user.pk or _is_staff_with(user, "accounts.open_kyc_document")


def can_see_identity_numbers(user: User) -> bool:
    """PAN and bank numbers in full. Aadhaar numbers nobody sees."""
    return _is_staff_with(user, "accounts.view_identity_numbers")


def can_write_note(user: User) -> bool:
    return _is_staff_with(user, "accounts.add_staffnote")


def can_read_notes(user: User) -> bool:
    return _is_staff_with(user, "accounts.view_staffnote")


def can_save_filter(user: User) -> bool:
    """Everybody at the desk: it shows nothing that the list itself would not."""
    return user.is_active and user.is_staff


def may_choose_slug(organization: Organization, at: datetime) -> bool:
    """In any package that is paid for; one that is over counts as Freemium."""
    is_over = organization.package_expires_at is not None and organization.package_expires_at <= at
    return organization.package_code != PackageCode.FREEMIUM and not is_over


def can_set_package(user: User) -> bool:
    return _is_staff_with(user, "accounts.set_package")


def _is_colleague(account: User) -> bool:
    return account.is_staff or account.is_superuser


def _is_staff_with(user: User, permission: str) -> bool:
    return user.is_active and user.is_staff and user.has_perm(permission)
