from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.api.permissions import EmailVerified
from bookings.services.links import is_good_link
from flashspace.base.errors import Unauthenticated


class HasDocumentLink(BasePermission):
    """A short-lived link of this paper, or a person who is signed in; whether it is theirs the selector asks."""

    def has_permission(self, request: Request, view: Any) -> bool:
        token = request.query_params.get("token")
        if token is None:
            return EmailVerified().has_permission(request, view)
        if not is_good_link(view.kwargs["id"], view.kwargs["kind"], token):
            raise Unauthenticated("This link has ended; open the booking again")
        return True
