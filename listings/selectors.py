"""Reading listings: whole answers from their stored documents, and the row a person may change."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, overload
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery
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

Row = tuple[UUID | str, str, int | None]  # id, document, total seats
Reader = User | AnonymousUser

# An exact count of a big table costs more than the page; nobody leafs through a thousand.
COUNT_UP_TO: Final = 1_000
ORDER: Final = ("-is_popular", "-rating", "-pk")

# The two hottest reads of the platform. Written out, because building and compiling them through the ORM costs several
# times what PostgreSQL needs to answer them (docs/decisions/0003-stored-listing-documents.md).
_PUBLIC: Final = "FROM listings_space WHERE status = 'approved' AND deleted_at IS NULL AND kind = %s"
_ONE: Final = f"SELECT id, document, total_seats {_PUBLIC} AND id = %s"
_LIST: Final = (
    "SELECT id, list_document, total_seats {where} ORDER BY is_popular DESC, rating DESC, id DESC LIMIT %s OFFSET %s"
)
_COUNT: Final = "SELECT count(*) FROM (SELECT 1 {where} LIMIT %s) AS bounded"


class DocumentList(Sequence[str]):
    """Documents by slice, each slice one query and one more for those that may be full. `len` stops at COUNT_UP_TO."""

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
        return max(self.count(COUNT_UP_TO), self._shown_to)

    def rows(self, offset: int, limit: int) -> Iterable[Row]:
        raise NotImplementedError

    def count(self, most: int) -> int:
        raise NotImplementedError


class PublicDocuments(DocumentList):
    def __init__(self, kind: SpaceKind, city: str | None) -> None:
        super().__init__()
        self._where, self._parameters = _PUBLIC, [kind.value]
        if city is not None:
            self._where, self._parameters = f"{_PUBLIC} AND city_key = %s", [kind.value, city_key(city)]

    def rows(self, offset: int, limit: int) -> Iterable[Row]:
        return _fetch(_LIST.format(where=self._where), [*self._parameters, limit, offset])

    def count(self, most: int) -> int:
        return int(_fetch(_COUNT.format(where=self._where), [*self._parameters, most])[0][0])


class ChosenDocuments(DocumentList):
    """Of any rows, as a person may see them."""

    def __init__(self, spaces: SpaceQuerySet, reader: Reader) -> None:
        super().__init__()
        self._spaces, self._reader = spaces, reader

    def rows(self, offset: int, limit: int) -> Iterable[Row]:
        return _as_seen(self._spaces.order_by(*ORDER), self._reader, "list_document")[offset : offset + limit]

    def count(self, most: int) -> int:
        return self._spaces.order_by()[:most].count()


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
        rows = _fetch(_ONE, [kind.value, Space._meta.pk.get_db_prep_value(id, connection)])
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
    """The documents as they are now: what has no free seat today says so."""
    found = list(rows)
    limited = {_uuid(pk): seats for pk, _, seats in found if seats is not None}
    if not limited:
        return [document for _, document, _ in found]
    taken = occupancy.count_taken_today(limited.keys())
    full = {pk for pk, seats in limited.items() if taken.get(pk, 0) >= seats}
    return [mark_full(document) if _uuid(pk) in full else document for pk, document, _ in found]


def _as_seen(spaces: SpaceQuerySet, reader: Reader, column: str) -> "QuerySet[Space, Row]":
    proposed = SpaceRevision.objects.filter(
        space=OuterRef("pk"), status=RevisionStatus.PENDING, space__owner=reader.pk
    ).values(column)
    return spaces.annotate(shown=Coalesce(Subquery(proposed), column)).values_list("pk", "shown", "total_seats")


def _fetch(sql: str, parameters: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[Any] = cursor.fetchall()
    return rows


def _uuid(pk: UUID | str) -> UUID:
    """SQLite keeps them as text."""
    return pk if isinstance(pk, UUID) else UUID(pk)
