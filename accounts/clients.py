"""Where a call comes from, as far as a rule may know: no request gets deeper than the API."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Client:
    """`network` is an IPv4 address or the /64 of an IPv6 one; `dialect` the name of the API that was called."""

    network: str
    user_agent: str = ""
    dialect: str = ""
