"""The view class of every API call: reads input, counts limits, answers in the dialect its route was bound to."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import APIException
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSetMixin

from flashspace.base.clock import now
from flashspace.base.context import client_network
from flashspace.base.errors import DomainError, Final, NotFound
from flashspace.dialects import FLASHSPACE, limits, paging
from flashspace.dialects.answers import Answer
from flashspace.dialects.base import MISSING, Dialect, Page, Reply
from flashspace.dialects.codec import JSONNegotiation, JSONRenderer, StrictJSONParser, StrictMultiPartParser
from flashspace.dialects.errors import exception_handler
from flashspace.dialects.fields import parse_uuid
from flashspace.dialects.hygiene import Malformed
from flashspace.dialects.limits import Usage
from flashspace.dialects.serializers import In

Permissions = Sequence[type[BasePermission]]


class MalformedId(DomainError):
    code = "INVALID_ID"
    message = "Invalid id format"


class DialectViewSet(ViewSetMixin, APIView):
    """Actions read with `read`, `query`, `page` and `public_id`, and end in `reply`.

    `permissions` says who may call an action (default: whoever is signed in). An action with an empty list is public: a
    bad token does not matter to it, unless `optional_user` names it, then the token must be good or absent.
    `before_factor` names what a session may do that has still to show its second factor; `open_to_support` what a
    colleague may look at who sees what the customer sees. Whatever is not named there is closed to them.
    """

    dialect: Dialect = FLASHSPACE  # routes() binds the real one
    allow: Collection[str] = ()  # of the whole path, when several views serve it
    tags: ClassVar[str] = ""
    permissions: ClassVar[Mapping[str, Permissions]] = {}
    optional_user: ClassVar[Collection[str]] = ()
    before_factor: ClassVar[Collection[str]] = ()
    open_to_support: ClassVar[Collection[str]] = ()
    budgets: ClassVar[Mapping[str, str]] = {}
    limits: ClassVar[Mapping[str, str]] = {}
    uploads: ClassVar[Collection[str]] = ()
    lists: ClassVar[Collection[str]] = ()
    produces: ClassVar[Mapping[str, str]] = {}

    renderer_classes = (JSONRenderer,)
    content_negotiation_class = JSONNegotiation

    action: str  # empty for a method that the path does not have
    request: Request
    given: Any = None
    input: type[In] | None = None
    usages: tuple[Usage, ...] = ()

    # Input

    def read(self, form: type[In], *, partial: bool = False) -> dict[str, Any]:
        """The body's validated values."""
        self.input, self.given = form, self.request.data
        return form.parse(self.given, partial=partial)

    def query(self, form: type[In]) -> dict[str, Any]:
        """The query's validated values."""
        self.input, self.given = form, self.request.query_params
        return form.parse(self.given)

    def page(
        self,
        rows: QuerySet[Any] | Sequence[Any],
        *,
        default: int | None = None,
        whole: bool = False,
        largest: int = paging.LARGEST_PAGE,
        count_up_to: int = paging.COUNT_UP_TO,
    ) -> tuple[list[Any], Page | None]:
        """The page that is asked for. `whole`: documented without paging, 500 rows unless a page is asked for."""
        query = self.request.query_params
        for name in ("page", "limit", self.dialect.size_name):
            if len(query.getlist(name)) > 1:
                raise Malformed(f"{name} is given more than once")
        self.given = query
        if whole and not paging.asks_for_page(query, self.dialect):
            return list(rows[: paging.MOST_ROWS]), None
        largest = paging.MOST_ROWS if whole else largest
        number, size = paging.asked(query, self.dialect, default=default, largest=largest)
        return paging.cut(rows, number, size, count_up_to=count_up_to)

    def public_id(self, value: str, name: str = "id") -> uuid.UUID:
        """A path's id. A malformed one is the dialect's own status."""
        found = parse_uuid(value)
        if found is not None:
            return found
        if self.dialect.malformed_id_status == NotFound.status:
            raise NotFound
        raise MalformedId(details={"field": name, "value": value[:64], "message": MalformedId.message})

    # Output

    def reply(
        self,
        data: Any = MISSING,
        *,
        message: str | None = None,
        page: Page | None = None,
        status: int = 200,
        flat: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """A success. `flat` keys stand at the top of the body."""
        body = self.dialect.wrap(Reply(data, message, page, flat or {}), now())
        return Answer(body, status=status, headers=headers)

    # Limits

    def spend(self, name: str, key: str, message: str | None = None) -> None:
        """Take one from the dialect's row budget `name` for `key`. Raises RateLimited."""
        used = limits.spend(self.dialect.rate_name(name), key)
        if used is not None:
            self.usages = (*self.usages, used)
            limits.refuse([used], message)

    def check_limits(self, request: Request) -> None:
        plain = request._request
        address = client_network(plain)
        user = request.user
        key = address if self.dialect.limits_per_address or not user.is_authenticated else str(user.pk)
        if getattr(plain, "is_by_support", False):
            key = f"support {key}"  # their looks are not on the customer's account
        group = f"{type(self).__qualname__}.{self.action}" if self.dialect.limits_per_operation else ""
        self._count(plain, "general", key, group)
        if self.action in self.limits:
            self._count(plain, self.limits[self.action], key, "")
        if self.action in self.budgets:
            self.spend(self.budgets[self.action], address)

    def _count(self, request: HttpRequest, name: str, key: str, group: str) -> None:
        used = limits.count(request, self.dialect.rate_name(name), key, group=group)
        if used is not None:
            self.usages = (*self.usages, used)
            limits.refuse([used])

    # What DRF calls

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        method = (request.method or "").lower()
        self.action = "metadata" if method == "options" else self.action_map.get(method, "")
        return APIView.initialize_request(self, request, *args, **kwargs)

    def get_parsers(self) -> list[Any]:
        return [StrictJSONParser(), *([StrictMultiPartParser()] if self.action in self.uploads else [])]

    @property
    def takes_list(self) -> bool:
        return self.action in self.lists

    def get_permissions(self) -> list[Any]:
        return [permission() for permission in self.permissions.get(self.action, self.permission_classes)]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if self.action in ("", "metadata"):
            return
        refusal = self._identify(request)
        self.check_limits(request)
        if refusal is not None:
            raise refusal
        self.check_permissions(request)
        if self.action not in self.produces:
            JSONNegotiation().select_renderer(request, self.renderer_classes)

    def _identify(self, request: Request) -> Exception | None:
        """Read the user. A bad token is told after it was counted, and only where it matters."""
        try:
            request.user  # noqa: B018  DRF authenticates when it is read
        except (APIException, DomainError) as error:
            request.user = AnonymousUser()
            if isinstance(error, Final):
                return error
            is_public = not self.permissions.get(self.action, self.permission_classes)
            return None if is_public and self.action not in self.optional_user else error
        return None

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return HttpResponse(status=204, headers={"Allow": ", ".join(self.allowed_methods)})

    @property
    def allowed_methods(self) -> list[str]:
        return sorted(self.allow) if self.allow else super().allowed_methods

    @property
    def default_response_headers(self) -> dict[str, str]:
        return {}

    def handle_exception(self, exc: Exception) -> Any:
        return exception_handler(exc, {"view": self, "request": self.request})

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        used = limits.tightest(self.usages)
        if used is not None:
            for name, value in limits.headers(used).items():
                response.headers[name] = value
        return response

    def wire_name(self, name: str) -> str:
        """The name a caller knows an input by."""
        return self.input.wire_name(name) if self.input is not None else name
