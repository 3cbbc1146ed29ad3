"""Who is asking: the request id for logs and errors, and the client's address behind trusted proxies."""

import ipaddress
from collections.abc import Sequence
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest

request_id: ContextVar[str] = ContextVar("request_id", default="")
# The network of the client whose request runs here, for the audit log; the outermost middleware sets both.
network: ContextVar[str] = ContextVar("network", default="")
# Who of the staff looks at the page that is made here: no link leads where they would be refused.
viewer: ContextVar[Any] = ContextVar("viewer", default=None)

UNKNOWN = "0.0.0.0"  # noqa: S104  a Unix socket names no client
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@lru_cache(maxsize=8)
def _networks(texts: Sequence[str]) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(text, strict=False) for text in texts)


@lru_cache(maxsize=4096)
def _trusted(address: str, proxies: Sequence[str]) -> bool:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(ip in network for network in _networks(proxies))


def client_address(request: HttpRequest) -> str:
    """The address of the client: the right-most one in X-Forwarded-For that is not a trusted proxy.

    A header from an address that is not in TRUSTED_PROXIES is ignored, so a client cannot name itself.
    """
    address = request.META.get("REMOTE_ADDR") or UNKNOWN
    proxies = tuple(settings.TRUSTED_PROXIES)
    if not proxies or not _trusted(address, proxies):
        return address
    for hop in reversed([part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]):
        try:
            address = str(ipaddress.ip_address(hop))
        except ValueError:
            break
        if not _trusted(address, proxies):
            break
    return address


def client_network(request: HttpRequest) -> str:
    """What limits count by: an IPv4 address, or the /64 of an IPv6 one (a household, not one of its 2^64)."""
    return _network(client_address(request))


@lru_cache(maxsize=4096)
def _network(address: str) -> str:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return address
