from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.api.permissions import EmailVerified
from accounts.services.kyc_files import viewer_of_link


class HasFileLink(BasePermission):
    """A short-lived link, which makes its bearer the person it was made for, or a person who is signed in."""

    def has_permission(self, request: Request, view: Any) -> bool:
        query = request.query_params
        if "token" not in query:
            return EmailVerified().has_permission(request, view)
        request.user = viewer_of_link(
            document_id=view.kwargs["id"], viewer=query.get("viewer", ""), token=query["token"]
        )
        return True
