"""What an action is, written next to it, for the OpenAPI documents. Nothing here runs during a request."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flashspace.dialects.serializers import In, Out

Action = TypeVar("Action", bound=Callable[..., Any])
# One thing, a list of things, or (None) no data at all.
Shown = type[Out] | list[type[Out]] | None


@dataclass(frozen=True, slots=True)
class Operation:
    summary: str
    request: type[In] | None = None
    query: type[In] | None = None
    response: Mapping[int, Shown] = field(default_factory=dict)
    errors: tuple[int, ...] = ()
    paged: bool = False
    whole: bool = False
    flat: bool = False
    partial: bool = False
    description: str = ""


def operation(
    *,
    summary: str,
    request: type[In] | None = None,
    query: type[In] | None = None,
    response: Mapping[int, Shown],
    errors: tuple[int, ...] = (),
    paged: bool = False,
    whole: bool = False,
    flat: bool = False,
    partial: bool = False,
    description: str = "",
) -> Callable[[Action], Action]:
    """Describe an action: `@operation(summary="…", request=BookingIn, response={201: BookingOut}, errors=(409,))`.

    The dialect's envelope is added around `response`. `[BookingOut]` is a list, None an answer without data. `flat`:
    the answer's keys stand at the top of the body. `paged`: the list always has a page; `whole`: only when asked for,
    and 500 rows without; both: always, of 500 rows unless asked for others. `partial`: no key of `request` is required.
    `errors` adds statuses to those that every operation has.
    """
    described = Operation(summary, request, query, response, errors, paged, whole, flat, partial, description)

    def decorate(action: Action) -> Action:
        action.operation = described  # type: ignore[attr-defined]
        return action

    return decorate
