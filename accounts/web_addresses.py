"""Addresses from strangers that staff will read. Pure: nothing is looked up, nothing fetched."""

import re
from typing import Final
from urllib.parse import urlsplit

# The last label decides: browsers read 127.1, 0x7f.1 and 2130706433 as IPv4 addresses.
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*", re.IGNORECASE)
_PRIVATE: Final = frozenset(
    {"localhost", "localdomain", "local", "lan", "home", "corp", "internal", "intranet", "private"}
    | {"test", "invalid", "arpa"}
)


def is_public_address(url: str) -> bool:
    """Whether the host of a well-formed address is a name in the public DNS, no IP address and no private name."""
    parts = urlsplit(url)
    labels = (parts.hostname or "").rstrip(".").split(".")
    if "[" in parts.netloc:  # IPv6, and what may come after it
        return False
    return len(labels) > 1 and not _NUMBER.fullmatch(labels[-1]) and labels[-1] not in _PRIVATE
