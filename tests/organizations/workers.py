"""People who are signed in to an organization, or to none, as callers of workspace's API."""

from typing import Any

import orjson
from django.http import HttpResponse

from accounts.clients import Client
from accounts.models import Organization, User
from accounts.services.sessions import open_session
from tests.accounts.api import Caller

CLIENT = Client(network="198.51.100.7", user_agent="tests", dialect="workspace")


class Worker(Caller):
    def put(self, path: str, body: Any) -> HttpResponse:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        data = orjson.dumps(body, default=str)
        return self._client.put(path, data, "application/json", headers=headers)


def worker(user: User, organization: Organization | None = None, *, has_shown_factor: bool = False) -> Worker:
    opened = open_session(user=user, client=CLIENT, organization=organization, has_shown_factor=has_shown_factor)
    return Worker(token=opened.tokens.access)
