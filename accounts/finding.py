"""What somebody typed into a search box, and the indexed question that fits it. No column is scanned for a guess."""

import re
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar
from uuid import UUID

from django.contrib.postgres.search import SearchQuery, SearchVector, SearchVectorExact
from django.db import connection
from django.db.models import Model, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.models import KycProfile, User
from accounts.phones import SEPARATORS, normalize_phone
from flashspace.base.errors import Invalid

Row = TypeVar("Row", bound=Model)

LONGEST_TERM = 120
MOST_WORDS = 5
SHORTEST_PHONE = 5
GSTIN_BEGIN = re.compile(r"[0-9]{2}[A-Z]{3,5}[0-9]{0,4}[0-9A-Z]{0,5}")
GSTIN = re.compile(r"[0-9]{2}[0-9A-Z]{13}")
PAN = re.compile(r"[A-Z]{5}[0-9]{4}[A-Z]")
CIN = re.compile(r"[LU][0-9]{5}[A-Z]{2}[0-9]{4}[A-Z]{3}[0-9]{6}")
CODE = re.compile(r"(?=\S*[0-9])[A-Za-z0-9]+([-_/:.][A-Za-z0-9]*)+|[A-Za-z]{2,4}[0-9]{4,}|(?=\S*[0-9])[A-Za-z0-9]{16,}")
PHONE = re.compile(r"\+?[0-9][0-9\s().\-/\u2010-\u2015]*")
WORD = re.compile(r"\w+", re.UNICODE)


class Kind(Enum):
    ID = "an id"
    EMAIL = "an e-mail address"
    PHONE = "a phone number"
    GSTIN = "a GSTIN"
    PAN = "a PAN"
    CIN = "a CIN"
    CODE = "a number of ours or a gateway's"
    WORDS = "words"


@dataclass(frozen=True)
class Term:
    """`text` is in the spelling of its kind: addresses in small letters, GSTINs in capitals, phones with their plus."""

    kind: Kind
    text: str
    typed: str

    @property
    def words(self) -> list[str]:
        return WORD.findall(self.typed)[:MOST_WORDS]

    @property
    def spellings(self) -> list[str]:
        """Of a phone, as people write it: for columns that keep what was typed."""
        national = self.text.removeprefix("+91")
        halves = f"{national[:5]} {national[5:]}"
        written = {self.text, self.typed, national, f"0{national}", halves, f"+91 {halves}", f"+91 {national}"}
        return sorted(written | {f"+91-{national}", f"+91-{halves}", f"91{national}"})


def read_term(typed: str) -> Term | None:
    """What it most likely is; None for nothing that can be looked for."""
    typed = " ".join(typed.replace("\x00", "").split())[:LONGEST_TERM]
    compact = typed.replace(" ", "").upper()
    if not typed:
        return None
    if "@" in typed:
        return Term(Kind.EMAIL, typed.lower().replace(" ", ""), typed)
    if found := _id(typed):
        return Term(Kind.ID, found, typed)
    for kind, form in ((Kind.PAN, PAN), (Kind.CIN, CIN), (Kind.GSTIN, GSTIN), (Kind.GSTIN, GSTIN_BEGIN)):
        if form.fullmatch(compact):
            return Term(kind, compact, typed)
    if PHONE.fullmatch(typed) and len(SEPARATORS.sub("", typed).lstrip("+")) >= SHORTEST_PHONE:
        return Term(Kind.PHONE, _phone(typed), typed)
    if CODE.fullmatch(typed):
        return Term(Kind.CODE, typed, typed)
    return Term(Kind.WORDS, typed.lower(), typed) if WORD.search(typed) else None


def _id(typed: str) -> str:
    try:
        return str(UUID(typed)) if len(typed) in (32, 36) else ""
    except ValueError:
        return ""


def _phone(typed: str) -> str:
    """The stored spelling, or the beginning of one."""
    try:
        return normalize_phone(typed)
    except Invalid:
        digits = SEPARATORS.sub("", typed)
        return digits if digits.startswith("+") else f"+91{digits.lstrip('0')}"


def nothing() -> Q:
    return Q(pk__in=[])


def begins(column: str, text: str) -> Q:
    """`text` begins the column. With an index for patterns, this is a range of it."""
    return Q(**{f"{column}__startswith": text})


def code(column: str, term: Term) -> Q:
    """The beginning of a number of ours, which has capitals, or of a gateway's, which is as it is."""
    both = {term.text, term.text.upper()}
    return Q.create([begins(column, text) for text in sorted(both)], connector=Q.OR)


def has_words(term: Term, *columns: str) -> Q:
    """Every word begins one of the columns' words. PostgreSQL asks the GIN index of exactly these columns."""
    if not term.words:
        return nothing()
    if connection.vendor == "postgresql":
        query = SearchQuery(" & ".join(f"{word}:*" for word in term.words), search_type="raw", config="simple")
        return Q(SearchVectorExact(SearchVector(*columns, config="simple"), query))
    anywhere = [[Q(**{f"{column}__icontains": word}) for column in columns] for word in term.words]
    return Q.create([Q.create(parts, connector=Q.OR) for parts in anywhere])  # type: ignore[arg-type]


def sort_found(rows: "QuerySet[Row]", term: Term) -> "QuerySet[Row]":
    """In the order they have, made after they were found.

    PostgreSQL takes a word for one that every fiftieth row has, and the newest six of those for found in a moment by
    the index of the order. A word that nobody has would then be looked for in every row.
    """
    first, *rest = rows.query.order_by or rows.model._meta.ordering or ("pk",)
    if term.kind not in (Kind.WORDS, Kind.ID) or not isinstance(first, str):
        return rows
    column = Coalesce(first.removeprefix("-"), first.removeprefix("-"))  # no index has this
    return rows.order_by(column.desc() if first.startswith("-") else column.asc(), *rest)


def people(term: Term) -> Q:
    """Accounts."""
    if term.kind == Kind.ID:
        return Q(pk=term.text)
    if term.kind == Kind.EMAIL:
        return begins("email", term.text)
    if term.kind == Kind.PHONE:
        return begins("phone", term.text)
    if term.kind == Kind.GSTIN:
        return begins("kyc__gstin", term.text)
    if term.kind in (Kind.PAN, Kind.CIN):
        return Q(**{f"kyc__{term.kind.name.lower()}": term.text})
    if term.kind == Kind.WORDS:
        named = has_words(term, "full_name")
        return named | begins("email", term.text) if len(term.words) == 1 else named
    return begins("email", term.text.lower())


def of_people(term: Term, column: str) -> Q:
    """Rows of accounts that fit."""
    return Q(**{f"{column}__in": User.objects.filter(people(term)).values("pk")})


def mails(term: Term) -> Q:
    if term.kind == Kind.EMAIL:
        return begins("to", term.text)
    if term.kind == Kind.CODE:
        return code("dedupe_key", term)
    return has_words(term, "subject") if term.kind == Kind.WORDS else rows_of(term, "user")


def sms(term: Term) -> Q:
    if term.kind == Kind.PHONE:
        return begins("to", term.text)
    if term.kind == Kind.CODE:
        return Q(provider_id=term.typed) | code("dedupe_key", term)
    return rows_of(term, "user")


def rows_of(term: Term, column: str) -> Q:
    """Rows that belong to an account and have no name of their own."""
    if term.kind == Kind.ID:
        return Q(pk=term.text) | Q(**{column: term.text})
    return of_people(term, column)


def cases(term: Term) -> Q:
    """KYC cases."""
    if term.kind == Kind.GSTIN:
        return begins("gstin", term.text)
    if term.kind in (Kind.PAN, Kind.CIN):
        return Q(**{term.kind.name.lower(): term.text})
    if term.kind == Kind.WORDS:
        rows = KycProfile.objects.order_by().values("pk")
        return Q(pk__in=rows.filter(has_words(term, "company_name")).union(rows.filter(of_people(term, "user"))))
    return rows_of(term, "user")


def entries(term: Term) -> Q:
    """Of the audit log: what was done to a thing, in a request, or by somebody."""
    if term.kind in (Kind.ID, Kind.CODE):
        return Q(target_id=term.text) | Q(request_id=term.typed) | Q(request_id=term.text.replace("-", ""))
    if term.kind == Kind.EMAIL:
        return begins("actor_email", term.text)
    return of_people(term, "actor")
