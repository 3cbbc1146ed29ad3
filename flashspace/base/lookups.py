from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, Model
from django.http import HttpRequest


class DeclaredLookups:
    """Mixin for a list of the admin: its address filters by what `list_filter` names, and by ids.

    Django lets an address filter by any column of the model's own: `?password__startswith=` would tell a hash letter by
    letter to whoever may see the list, and `?pan__startswith=` a number that the page masks.
    """

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        path = _fields(self.model, lookup)  # type: ignore[attr-defined]  # of the ModelAdmin this is mixed into
        if not path:
            return True  # a filter's own parameter, or nothing at all, which Django passes over
        own = path[0]
        if own.concrete and (own.primary_key or (own.is_relation and _is_id(path[1:]))):
            return True
        return "__".join(field.name for field in path) in self._declared(request)

    def _declared(self, request: HttpRequest | None) -> set[str]:
        names = {self.date_hierarchy} if self.date_hierarchy else set()  # type: ignore[attr-defined]
        for one in self.get_list_filter(request):  # type: ignore[attr-defined]
            name = one[0] if isinstance(one, tuple | list) else one
            names.add(name if isinstance(name, str) else getattr(name, "parameter_name", ""))
        return names


def _fields(model: type[Model] | None, lookup: str) -> "list[Field[Any, Any]]":
    """The columns along a lookup, without the comparison at its end."""
    path: list[Any] = []
    for part in lookup.split("__"):
        if model is None:
            break
        try:
            field: Any = model._meta.pk if part == "pk" else model._meta.get_field(part)
        except FieldDoesNotExist:
            break
        path.append(field)
        model = field.related_model if field.is_relation else None
    return path


def _is_id(rest: "list[Field[Any, Any]]") -> bool:
    return not rest or (len(rest) == 1 and rest[0].primary_key)
