"""Names of bodies in an OpenAPI document: here a module is a namespace, there the app's name tells twins apart."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from rest_framework import serializers

from flashspace.dialects.operations import Operation
from flashspace.dialects.routing import Route


def component_names(routes: Iterable[Route]) -> dict[type, str]:
    """`BookingOut`, or `ListingsPlanOut` and `BookingsPlanOut` where two apps have a PlanOut."""
    by_name: dict[str, set[type]] = defaultdict(set)
    for route in routes:
        operation: Operation | None = getattr(getattr(route.view, route.action), "operation", None)
        for kind in _bodies(operation) if operation is not None else ():
            by_name[kind.__name__].add(kind)
    return {kind: _name(kind, len(kinds) > 1) for kinds in by_name.values() for kind in kinds}


def _name(kind: type, has_twin: bool) -> str:
    app = kind.__module__.partition(".")[0].capitalize()
    return f"{app}{kind.__name__}" if has_twin else kind.__name__


def _bodies(operation: Operation) -> Iterator[type]:
    shown = [one[0] if isinstance(one, list) else one for one in operation.response.values()]
    for kind in (operation.request, operation.query, *shown):
        if kind is not None:
            yield from _nested(kind())


def _nested(field: object) -> Iterator[type]:
    if isinstance(field, serializers.Serializer):
        yield type(field)
        for inner in field.fields.values():
            yield from _nested(inner)
    elif isinstance(field, serializers.ListSerializer | serializers.ListField | serializers.DictField):
        yield from _nested(field.child)
