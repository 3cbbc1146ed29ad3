from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from flashspace.base.errors import Forbidden
from listings.policies import can_create_space


class Lister(BasePermission):
    """Owners and the staff who keep the catalogue. Which listing may be changed is the service's question."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not can_create_space(request.user):
            raise Forbidden("Only owners and our staff may manage listings")
        return True
