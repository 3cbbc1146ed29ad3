"""Who may call. Whether this person may touch this row is a service's or a policy's question."""

from functools import cache
from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.exceptions import EmailNotVerified
from flashspace.base.errors import Forbidden


class SignedIn(BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(request.user.is_authenticated)


class EmailVerified(BasePermission):
    """flashspace: what needs a verified address. Raises EmailNotVerified."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if request.user.is_authenticated and not request.user.is_email_verified:
            raise EmailNotVerified
        return bool(request.user.is_authenticated)


class Verified(BasePermission):
    """A verified e-mail address or phone: what a booking, a payment or a listing needs. Raises EmailNotVerified."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if request.user.is_authenticated and not request.user.is_verified:
            raise EmailNotVerified("Please verify your e-mail address or phone first")
        return bool(request.user.is_authenticated)


class Staff(BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:
        if request.user.is_authenticated and not request.user.is_staff:
            raise Forbidden
        return bool(request.user.is_authenticated)


@cache
def StaffWith(permission: str) -> type[Staff]:  # noqa: N802  it stands where a class stands
    """Staff who have one of Django's permissions: `StaffWith("accounts.review_kyc")`."""

    class Permitted(Staff):
        def has_permission(self, request: Request, view: Any) -> bool:
            if not super().has_permission(request, view):
                return False
            if not request.user.has_perm(permission):
                raise Forbidden
            return True

    Permitted.__name__ = Permitted.__qualname__ = f"StaffWith({permission})"
    return Permitted
