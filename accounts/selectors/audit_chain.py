"""Proving the audit log: does each seal follow from the one before, and is each entry what was sealed?

What this cannot see: entries that were removed before they were sealed, a minute at most, and an end of the chain that
was cut off seal by seal. The second shows against a head that was kept elsewhere (the sealer logs it): `expect`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Min

from accounts.models import AuditEntry, AuditSeal
from accounts.services.audit_seals import FORMS, digest_of, is_signed, live_keys, unsealed

PAGE: Final = 2000
BEFORE_ALL: Final = -(2**63)  # nobody hides an entry behind a seal 0
MOST_LINES: Final = 100
TOLD_EVERY: Final = 50_000
COLUMNS: Final = tuple(sorted({name for names in FORMS.values() for name in names}))

Row = Mapping[str, Any]


@dataclass
class Chain:
    """What a walk along the chain found. `unproved`: seals at the end that no configured key vouches for."""

    seals: int = 0
    number: int = 0
    hash: str = ""
    unproved: int = 0
    broken: int = 0
    lines: list[str] = field(default_factory=list)
    unsealed: int = 0
    unsealed_since: datetime | None = None

    def blame(self, line: str) -> None:
        self.broken += 1
        if len(self.lines) < MOST_LINES:
            self.lines.append(line)


def check_chain(*, expect: str = "", tell: Callable[[str], None] | None = None) -> Chain:
    """Walk the whole chain, page by page. `expect` is a hash that was its head once and must still be in it."""
    chain, keys = Chain(), frozenset(live_keys())
    is_there = not expect
    for seal, entry in _links():
        _check_place(chain, seal)
        _check_content(chain, seal, entry, keys)
        chain.seals, chain.number, chain.hash = chain.seals + 1, max(seal["number"], 0), seal["hash"]
        is_there = is_there or seal["hash"] == expect
        if tell and chain.seals % TOLD_EVERY == 0:
            tell(f"{chain.seals} seals looked at")
    if not is_there:
        chain.blame(f"no seal has the hash {expect}: the end of the chain was cut off, or it is another one")
    tail = unsealed().aggregate(count=Count("pk"), since=Min("at"))
    chain.unsealed, chain.unsealed_since = tail["count"], tail["since"]
    return chain


def is_intact(entry: AuditEntry) -> bool:
    """Whether a sealed entry is what its own seal says. `check_chain` proves the seal's place."""
    seal = entry.seal
    if seal.form not in FORMS or (seal.key in live_keys() and not is_signed(seal.hash, seal.signature)):
        return False
    columns = {name: getattr(entry, name) for name in FORMS[seal.form]}
    digest = digest_of(columns, form=seal.form, number=seal.number, previous=seal.previous, sealed_at=seal.sealed_at)
    return digest == seal.hash


def _links() -> Iterator[tuple[Row, Row | None]]:
    """Every seal with its entry. By pages, so that a million take no more memory than a thousand."""
    seals = AuditSeal.objects.order_by("number")
    head = AuditSeal.objects.order_by("-number").values_list("number", flat=True).first() or 0
    last = BEFORE_ALL
    while page := list(seals.filter(number__gt=last, number__lte=head).values()[:PAGE]):
        first, last = last, page[-1]["number"]
        rows = AuditEntry.objects.filter(seal__number__gt=first, seal__number__lte=last).order_by()
        entries = {row["id"]: row for row in rows.values(*COLUMNS)}
        yield from ((seal, entries.get(seal["entry_id"])) for seal in page)


def _check_place(chain: Chain, seal: Row) -> None:
    number, wanted = seal["number"], chain.number + 1
    if number > wanted:
        chain.blame(
            f"seals {wanted} to {number - 1} are missing" if number > wanted + 1 else f"seal {wanted} is missing"
        )
    elif number < wanted:
        chain.blame(f"seal {number} stands before the first one")
    elif seal["previous"] != chain.hash:
        chain.blame(f"seal {number} does not follow from the one before")


def _check_content(chain: Chain, seal: Row, entry: Row | None, keys: frozenset[str]) -> None:
    number, named = seal["number"], f"entry {seal['entry_id']} of seal {seal['number']}"
    chain.unproved += 1
    if seal["key"] in keys:
        if is_signed(seal["hash"], seal["signature"]):
            chain.unproved = 0
        else:
            chain.blame(f"seal {number} is not signed by us")
    if entry is None:
        chain.blame(f"{named} is gone")
    elif seal["form"] not in FORMS:
        chain.blame(f"seal {number} has a form {seal['form']} that is not known here")
    else:
        place = {name: seal[name] for name in ("form", "number", "previous", "sealed_at")}
        if digest_of(entry, **place) != seal["hash"]:
            chain.blame(f"{named} is not what was sealed")
