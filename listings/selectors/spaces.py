"""Reading listings: whole answers from their stored documents, and the row a person may change."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, overload
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import BooleanField, OuterRef, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from accounts.enums import Role
from accounts.models import User
from flashspace.base.errors import Forbidden, Unauthenticated
from listings import occupancy
from listings.documents import mark_full
from listings.enums import RevisionStatus, SpaceKind
from listings.exceptions import NotYourSpace, SpaceUnknown
from listings.models import Space, SpaceRevision
from listings.places import city_key
from listings.policies import can_change_space, can_create_space
from listings.querysets import SpaceQuerySet

Row = tuple[str, bool]  # a document, and whether no seat is free
Reader = User | AnonymousUser

# An exact count of a big table costs more than the page; nobody leafs through a thousand.
COUNT_UP_TO: Final = 1_000
ORDER: Final = ("-is_popular", "-rating", "-pk")

# The two hottest reads of the platform, each one statement. Written out, because building and compiling them through
# the ORM costs several times what PostgreSQL needs to answer them (docs/decisions/0003-stored-listing-documents.md).
_PUBLIC: Final = "FROM listings_space WHERE status = 'approved' AND deleted_at IS NULL AND kind = %s"
_COUNT: Final = "SELECT count(*) FROM (SELECT 1 {where} LIMIT %s) AS bounded"
_ORDER: Final = "ORDER BY is_popular DESC, rating DESC, id DESC LIMIT %s OFFSET %s"


class DocumentList(Sequence[str]):
    """Documents by slice, each slice one query. `len` stops at COUNT_UP_TO, but is never less than what was shown."""

    def __init__(self) -> None:
        self._shown_to = 0

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, int):
            return self[index : index + 1][0]
        start, stop = index.start or 0, index.stop
        found = show(self.rows(start, stop - start))
        self._shown_to = max(self._shown_to, start + len(found))
        return found

    def __len__(self) -> int:
        return max(self.bounded_count(), self._shown_to)

    def rows(self, offset: int, limit: int) -> Iterable[Row]:
        raise NotImplementedError

    def bounded_count(self) -> int:
        raise NotImplementedError


class PublicDocuments(DocumentList):
    def __init__(self, kind: SpaceKind, city: str | None) -> None:
        super().__init__()
        self._where, self._parameters = _PUBLIC, [kind.value]
        if city is not None:
            self._where, self._parameters = f"{_PUBLIC} AND city_key = %s", [kind.value, city_key(city)]
        self._total: int | None = None

    def rows(self, offset: int, limit: int) -> Iterable[Row]:
        """The count comes along: the database does it once for the statement, and a round trip is saved."""
        is_full = occupancy.is_full()
        count = _COUNT.format(where=self._where)
        rows = _fetch(
            f"SELECT list_document, {is_full.text}, ({count}) {self._where} {_ORDER}",
            [*is_full.parameters, *self._parameters, COUNT_UP_TO, *self._parameters, limit, offset],
        )
        if rows:
            self._total = int(rows[0][2])
        return [(document, full) for document, full, _ in rows]

    def bounded_count(self) -> int:
        if self._total is None:
            self._total = int(_fetch(_COUNT.format(where=self._where), [*self._parameters, COUNT_UP_TO])[0][0])
        return self._total


class ChosenDocuments(DocumentList):
    """Of any rows, as a person may see them."""

    def __init__(self, spaces: SpaceQuerySet, reader: Reader) -> None:
        super().__init__()
        self._spaces, self._reader = spaces, reader

    def rows(self, offset: int, limit: int) -> Iterable[Row]:
        return _as_seen(self._spaces.order_by(*ORDER), self._reader, "list_document")[offset : offset + limit]

    def bounded_count(self) -> int:
        return self._spaces.order_by()[:COUNT_UP_TO].count()


def list_documents(*, kind: SpaceKind, reader: Reader, city: str | None = None) -> DocumentList:
    """What is public; owners also see their own as they proposed them, and staff all that is not in the bin."""
    if not (isinstance(reader, User) and (reader.is_staff or reader.role == Role.OWNER)):
        return PublicDocuments(kind, city)
    spaces = Space.objects.visible_to(reader).alive().filter(kind=kind)
    return ChosenDocuments(spaces if city is None else spaces.filter(city_key=city_key(city)), reader)


def list_deleted_documents(*, kind: SpaceKind, reader: Reader, city: str | None = None) -> DocumentList:
    """The bin: one's own, for staff everybody's. Raises Unauthenticated, Forbidden."""
    if not isinstance(reader, User):
        raise Unauthenticated
    if not can_create_space(reader):
        raise Forbidden
    spaces = Space.objects.managed_by(reader).filter(kind=kind, deleted_at__isnull=False)
    return ChosenDocuments(spaces if city is None else spaces.filter(city_key=city_key(city)), reader)


def find_document(*, id: UUID, kind: SpaceKind, reader: Reader) -> str:
    """One listing as the reader may see it: its owner sees the version he proposed. Raises SpaceUnknown."""
    if isinstance(reader, User):
        spaces = Space.objects.visible_to(reader).alive().filter(pk=id, kind=kind)
        rows: Iterable[Row] = _as_seen(spaces, reader, "document")[:1]
    else:
        rows = _fetch_one(id, kind)
    found = show(rows)
    if not found:
        raise SpaceUnknown
    return found[0]


def get_managed_space(*, id: UUID, kind: SpaceKind, actor: User, is_deleted: bool = False) -> Space:
    """The row that a person wants to change. Raises SpaceUnknown, and NotYourSpace for what he may only look at."""
    spaces = Space.objects.visible_to(actor).alive()
    if is_deleted:
        spaces = Space.objects.managed_by(actor).filter(deleted_at__isnull=False)
    space = spaces.filter(pk=id, kind=kind).first()
    if space is None:
        raise SpaceUnknown
    if not can_change_space(actor, space):
        raise NotYourSpace
    return space


def show(rows: Iterable[Row]) -> list[str]:
    """The documents as they are now: what has no free seat says so."""
    return [mark_full(document) if is_full else document for document, is_full in rows]


def _as_seen(spaces: SpaceQuerySet, reader: Reader, column: str) -> "QuerySet[Space, Row]":
    proposed = SpaceRevision.objects.filter(
        space=OuterRef("pk"), status=RevisionStatus.PENDING, space__owner=reader.pk
    ).values(column)
    is_full = RawSQL(*occupancy.is_full(), output_field=BooleanField())  # noqa: S611  what bookings wrote down
    shown = Coalesce(Subquery(proposed), column)
    return spaces.annotate(shown=shown, full=is_full).values_list("shown", "full")


def _fetch_one(id: UUID, kind: SpaceKind) -> list[Row]:
    is_full = occupancy.is_full()
    return _fetch(
        f"SELECT document, {is_full.text} {_PUBLIC} AND id = %s",
        [*is_full.parameters, kind.value, Space._meta.pk.get_db_prep_value(id, connection)],
    )


def _fetch(sql: str, parameters: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[Any] = cursor.fetchall()
    return rows
