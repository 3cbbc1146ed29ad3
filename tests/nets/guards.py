"""Who may call a route, and what a row of the matrix says. The rows themselves are in `table` and beside it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.nets.world import ACTORS, OWNERS, PEOPLE, STAFF, STRANGERS, World

# What somebody may: touch their own, touch everybody's; or the status they are refused with.
OWN, ALL = "own", "all"
Guard = Mapping[str, str | int]


def guard(*says: tuple[tuple[str, ...], str | int]) -> Guard:
    """Every actor once: who is named nowhere, or twice, is a mistake."""
    named = [(actor, verdict) for actors, verdict in says for actor in actors]
    assert sorted(actor for actor, _ in named) == sorted(ACTORS), "each actor needs one verdict"
    return dict(named)


UNVERIFIED, VERIFIED = ("unverified",), tuple(one for one in PEOPLE if one != "unverified")
KEEPERS = ("Content", "superuser")  # of the catalogue
NOT_KEEPERS = tuple(one for one in STAFF if one not in KEEPERS)

PUBLIC = guard((STRANGERS, OWN), (PEOPLE, OWN), (STAFF, OWN))
WHO_HAS_AN_ACCOUNT = guard(
    (("anonymous",), 401), (("ended",), OWN), (("deactivated", "former staff"), 403), (PEOPLE, OWN), (STAFF, OWN)
)
WHO_PROVED_THE_ADDRESS = guard(
    (("anonymous",), 401),
    (("ended",), OWN),
    (("deactivated", "former staff"), 403),
    (("unverified",), 401),
    (tuple(one for one in PEOPLE if one != "unverified"), OWN),
    (STAFF, OWN),
)
WHO_IS_SENT_A_CODE = guard(
    (("anonymous",), 401),
    (("ended",), OWN),
    (("deactivated", "former staff"), 403),
    (UNVERIFIED, 403),
    (VERIFIED, OWN),
    (STAFF, OWN),
)
WHO_IS_A_COLLEAGUE = guard(
    (("anonymous", "ended"), 401), (("deactivated", "former staff"), 403), (PEOPLE, 401), (STAFF, OWN)
)
SIGN_INS = (
    WHO_HAS_AN_ACCOUNT,
    WHO_IS_A_COLLEAGUE,
    WHO_PROVED_THE_ADDRESS,
    WHO_IS_SENT_A_CODE,
)  # an anonymous caller is in by what the body says
LOOKERS = ("Support", *KEEPERS)
CATALOGUE = guard(
    (STRANGERS, OWN), (PEOPLE, OWN), (tuple(one for one in STAFF if one not in LOOKERS), OWN), (LOOKERS, ALL)
)
SIGNED_IN = guard((STRANGERS, 401), (PEOPLE, OWN), (STAFF, OWN))
EMAIL_VERIFIED = guard((STRANGERS, 401), (UNVERIFIED, 403), (VERIFIED, OWN), (STAFF, OWN))
VERIFIED_ANYHOW = EMAIL_VERIFIED  # an address or a phone; nobody here has only a phone
BEARER = EMAIL_VERIFIED
LISTERS = guard(
    (STRANGERS, 401),
    (UNVERIFIED, 403),
    (("customer", "other customer"), 403),
    (OWNERS, OWN),
    (NOT_KEEPERS, 403),
    (KEEPERS, ALL),
)
BIN = guard(
    (STRANGERS, 401),
    (("unverified", "customer", "other customer"), 403),
    (OWNERS, OWN),
    (NOT_KEEPERS, 403),
    (KEEPERS, ALL),
)
PAPER_READERS = guard(
    (STRANGERS, 401),
    (UNVERIFIED, 403),
    (VERIFIED, OWN),
    (tuple(one for one in STAFF if one not in {"KYC", "superuser"}), OWN),
    (("KYC", "superuser"), ALL),
)

Body = Callable[[World, str, str], dict[str, Any]]  # of the world, the actor, and what the id is


@dataclass(frozen=True)
class Row:
    method: str
    path: str
    who: Guard
    answers: Mapping[str, int]
    thing: str = ""
    body: Body | None = None
    query: str = ""
    fills: Mapping[str, str] = field(default_factory=dict)
    is_form: bool = False
    leaves: frozenset[str] = frozenset()  # what its refusals write, as its document says

    @property
    def key(self) -> tuple[str, str]:
        return self.method, self.path


def answers(own: int, foreign: int, unknown: int, malformed: int) -> Mapping[str, int]:
    return {"own": own, "foreign": foreign, "unknown": unknown, "malformed": malformed}


def plain(status: int) -> Mapping[str, int]:
    return {"": status}


def fixed(**body: Any) -> Body:
    return lambda _world, _actor, _id: dict(body)


TOKEN_IS_BAD = 400
FLASHSPACE_ID = answers(200, 404, 404, 400)
NANO_ID = answers(200, 404, 404, 404)
