"""What the program leans on, and whether it stands. Each app registers its own checks in `health.py`."""

from collections.abc import Callable
from dataclasses import dataclass

CONNECTED, DISCONNECTED = "connected", "disconnected"
OPERATIONAL, DEGRADED, NOT_CONFIGURED = "operational", "degraded", "not_configured"
GOOD = frozenset({CONNECTED, OPERATIONAL})

Probe = Callable[[], str]


@dataclass(frozen=True)
class Check:
    """`probe` answers one of the words above. It may raise or hang, which counts as `otherwise`.

    Without a vital service nothing works; without another one some things do not.
    """

    service: str
    probe: Probe
    otherwise: str
    vital: bool


_checks: dict[str, Check] = {}


def check(service: str, *, otherwise: str = DEGRADED, vital: bool = False) -> Callable[[Probe], Probe]:
    """Register a probe. A service stands once."""

    def register(probe: Probe) -> Probe:
        if service in _checks:
            raise ValueError(f"health check {service} stands twice")
        _checks[service] = Check(service, probe, otherwise, vital)
        return probe

    return register


def checks() -> list[Check]:
    return list(_checks.values())
