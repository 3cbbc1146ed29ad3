"""What a request tells of its sender, for services, which see no request."""

from django.http import HttpRequest

from accounts.clients import Client
from flashspace.base.context import client_network
from flashspace.base.text import UNSTORABLE, one_line
from flashspace.dialects.views import DialectViewSet


def client_of(view: DialectViewSet) -> Client:
    return client_from(view.request._request, view.dialect.name)


def client_from(request: HttpRequest, dialect: str) -> Client:
    agent = UNSTORABLE.sub("", request.META.get("HTTP_USER_AGENT", ""))
    return Client(network=client_network(request), user_agent=one_line(agent, limit=300), dialect=dialect)
