"""A member of an organization at the API."""

from typing import Any

from django.http import HttpResponse

from accounts.clients import Client
from accounts.models import Membership, Organization, User
from accounts.services.sessions import open_session
from tests.accounts.api import Caller, link_token_of
from tests.factories.organizations import add_member, make_role, owner_of


class Colleague(Caller):
    """Signed in to the organization of a membership."""

    def __init__(self, user: User, organization: Organization) -> None:
        client = Client(network="198.51.100.7", user_agent="tests", dialect="workspace")
        opened = open_session(user=user, client=client, organization=organization)
        super().__init__(token=opened.tokens.access)
        self.user, self.organization, self.session = user, organization, opened.session

    def put(self, path: str, body: Any = None) -> HttpResponse:
        return self._client.put(path, {} if body is None else body, "application/json", headers=self._headers({}))

    def delete(self, path: str, body: Any = None) -> HttpResponse:
        return self._client.delete(path, {} if body is None else body, "application/json", headers=self._headers({}))

    @property
    def membership(self) -> Membership:
        return Membership.objects.select_related("role", "user", "organization").get(
            user=self.user, organization=self.organization
        )


def owner(organization: Organization) -> Colleague:
    return Colleague(owner_of(organization), organization)


def colleague(organization: Organization, *permissions: str, level: int = 3, **fields: Any) -> Colleague:
    """Somebody with a role of its own that allows just this."""
    role = make_role(organization, *permissions, level=level)
    return Colleague(add_member(organization, role_id=role.pk, **fields).user, organization)


def invitation_token_of(email: str) -> str:
    return link_token_of(email, "invitation")
