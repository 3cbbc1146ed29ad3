"""`In` reads, `Out` shows. Neither builds its fields per request."""

from collections.abc import Mapping
from functools import cache, cached_property
from typing import Any, ClassVar, NamedTuple

from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import QueryDict
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.fields import SkipField, empty, get_error_detail

from flashspace.dialects.hygiene import Malformed
from flashspace.dialects.wire import camel_case

Field = serializers.Field[Any, Any, Any, Any]


class _Input(NamedTuple):
    wire: str
    source: str
    field: Field
    check: Any


class CamelNames:
    """Declared snake_case fields are camelCase on the wire."""

    def get_fields(self) -> dict[str, Field]:
        fields = super().get_fields()  # type: ignore[misc]
        for name, field in fields.items():
            if camel_case(name) != name and field.source is None:
                field.source = name
        return {camel_case(name): field for name, field in fields.items()}


class In(serializers.Serializer[Any]):
    """What a call accepts. Unknown keys are ignored; `validate_<name>` and `validate` may refine.

    `parse` uses one instance per class for the life of the process, so a subclass keeps no state in it.
    """

    lenient: ClassVar[bool] = False

    @classmethod
    def parse(cls, data: Any, *, partial: bool = False) -> dict[str, Any]:
        """The validated values by declared name. Raises DRF's ValidationError, or Malformed."""
        form = isinstance(data, QueryDict)
        values: dict[str, Any] = _shared(cls, partial, form).run_validation(data)
        return values

    @classmethod
    def wire_name(cls, source: str) -> str:
        """The name on the wire of a declared field; any other name as it is."""
        return next((one.wire for one in _shared(cls, False, False).inputs if one.source == source), source)

    @cached_property
    def inputs(self) -> tuple[_Input, ...]:
        return tuple(
            _Input(name, field.source or name, field, getattr(self, f"validate_{field.source}", None))
            for name, field in self.fields.items()
            if not field.read_only
        )

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, Mapping):
            raise ValidationError({"": [ErrorDetail("Must be an object", code="invalid")]})
        values: dict[str, Any] = {}
        errors: dict[str, Any] = {}
        for one in self.inputs:
            try:
                value = one.field.run_validation(_given(data, one))
                values[one.source] = value if one.check is None else one.check(value)
            except ValidationError as error:
                errors[one.wire] = error.detail
            except DjangoValidationError as error:
                errors[one.wire] = get_error_detail(error)
            except SkipField:
                continue
        if errors:
            raise ValidationError(errors)
        return values


def _given(data: Mapping[str, Any], one: _Input) -> Any:
    if one.wire not in data:
        return empty
    if not isinstance(data, QueryDict):
        return data[one.wire]
    values = data.getlist(one.wire)
    if isinstance(one.field, serializers.ListField):
        return values
    if len(values) != 1:
        raise Malformed(f"{one.wire} is given more than once")
    return values[0]


@cache
def _shared(cls: type[In], partial: bool, form: bool) -> In:
    serializer = cls(partial=partial)
    if form:
        serializer.lenient = True  # type: ignore[misc]
    return serializer


class CamelIn(CamelNames, In):
    pass


class Out(serializers.Serializer[Any]):
    """What a call answers. Declared fields describe it for OpenAPI; `row` makes it by hand, in wire names."""

    @staticmethod
    def row(obj: Any) -> dict[str, Any]:
        """Subclasses turn their object into a row; a mapping is one already."""
        return dict(obj)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return self.row(instance)

    @property
    def data(self) -> Any:
        return self.row(self.instance)


class CamelOut(CamelNames, Out):
    pass
