"""How much how often: `5/15m`, and the RATE_LIMITS setting that changes it. Pure."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_RATE = re.compile(r"([0-9]{1,9})/([0-9]{0,6})([smhd])")
_NAME = re.compile(r"[a-z]+\.[a-z_]+")


@dataclass(frozen=True, slots=True)
class Rate:
    limit: int
    window_seconds: int


@dataclass(frozen=True, slots=True)
class RateSettings:
    """What RATE_LIMITS says: nothing is limited, or some rates are others."""

    off: bool
    changed: Mapping[str, Rate]

    def rate(self, name: str, default: Rate) -> Rate | None:
        return None if self.off else self.changed.get(name, default)


def parse_rate(text: str) -> Rate:
    """5/15m, 10/h. Raises ValueError."""
    match = _RATE.fullmatch(text.strip())
    if match is None or int(match[1]) < 1 or (match[2] and int(match[2]) < 1):
        raise ValueError(f"not a rate such as 5/15m: {text!r}")
    return Rate(int(match[1]), int(match[2] or 1) * SECONDS[match[3]])


@lru_cache(maxsize=16)
def parse_rate_limits(text: str, known: Collection[str] | None = None) -> RateSettings:
    """Read RATE_LIMITS. `known` (a frozenset) makes a name outside it an error. Raises ValueError."""
    text = text.strip()
    if text.lower() == "off":
        return RateSettings(True, {})
    changed: dict[str, Rate] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, equals, rate = (piece.strip() for piece in part.partition("="))
        if not equals or _NAME.fullmatch(name) is None:
            raise ValueError(f"not a limit such as flashspace.signin=50/15m: {part!r}")
        if known is not None and name not in known:
            raise ValueError(f"no such limit: {name!r}")
        if name in changed:
            raise ValueError(f"given twice: {name!r}")
        changed[name] = parse_rate(rate)
    return RateSettings(False, changed)
