"""A look-up that the ORM builds once and the database answers many times.

Building and compiling a query with a join takes a millisecond of processor time, ten times what the rest of it costs.
Only for what every request asks; elsewhere a queryset says it better.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Model, QuerySet, UUIDField
from django.db.models.query import get_related_populators

M = TypeVar("M", bound=Model)
_ID: Any = UUIDField()
_EXAMPLE = UUID(int=0)


@dataclass(frozen=True, slots=True)
class _Plan:
    sql: str
    converters: list[tuple[int, list[Any], Any]]
    make: Callable[[list[Any]], Any]


class Prepared(Generic[M]):
    """`Prepared(lambda: Session.objects.select_related("user"), by=("pk", "user_id")).find(id, user_id)`.

    `by` names columns of type UUID. Values are given in the same order.
    """

    def __init__(self, build: Callable[[], QuerySet[M]], by: tuple[str, ...]) -> None:
        self._build, self._by = build, by
        self._plans: dict[str, _Plan] = {}

    def find(self, *values: UUID) -> M | None:
        plan = self._plans.get(connection.vendor) or self._compile()
        with connection.cursor() as cursor:
            cursor.execute(plan.sql, [_ID.get_db_prep_value(value, connection) for value in values])
            found = cursor.fetchone()
        if found is None:
            return None
        row = list(found)
        for column, converters, expression in plan.converters:
            for convert in converters:
                row[column] = convert(row[column], expression, connection)
        made: M = plan.make(row)
        return made

    def _compile(self) -> _Plan:
        query = self._build().filter(**dict.fromkeys(self._by, _EXAMPLE))[:1].query
        compiler = query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        assert len(parameters) == len(self._by), "only what `by` names may vary"
        expressions = [selected[0] for selected in compiler.select]
        found = compiler.get_converters(expressions)
        converters = [(column, list(functions), expression) for column, (functions, expression) in found.items()]
        plan = _Plan(sql, converters, _maker(compiler))
        self._plans[connection.vendor] = plan
        return plan


def _maker(compiler: Any) -> Callable[[list[Any]], Any]:
    """Rows to instances, related ones among them, as Django's own ModelIterable does it."""
    info, select = compiler.klass_info, compiler.select
    columns = info["select_fields"]
    first, last = columns[0], columns[-1] + 1
    names = [select[column][0].target.attname for column in range(first, last)]
    populators = get_related_populators(info, select, connection.alias)  # type: ignore[call-arg]  # stubs of Django 6

    def make(row: list[Any]) -> Any:
        instance = info["model"].from_db(connection.alias, names, row[first:last])
        for populator in populators:
            populator.populate(row, instance)
        return instance

    return make
