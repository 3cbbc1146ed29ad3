"""A small API of its own, so that the kernel is tested without any app."""

from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import DataError, IntegrityError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import IsAuthenticated
from rest_framework.serializers import FileField

from flashspace.base.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from flashspace.dialects import FLASHSPACE, NAKKSHA, NANO, RENTO, WORKSPACE, reference
from flashspace.dialects.fields import (
    BooleanField,
    BusinessDateField,
    DateField,
    EmailField,
    IntegerField,
    ListField,
    NumberField,
    PasswordField,
    TextField,
)
from flashspace.dialects.operations import operation
from flashspace.dialects.routing import api, route, routes
from flashspace.dialects.serializers import CamelIn, CamelOut, In
from flashspace.dialects.views import DialectViewSet
from flashspace.dialects.wire import business_date


class PointIn(In):
    lat = NumberField(max_digits=9, decimal_places=6)
    lng = NumberField(max_digits=9, decimal_places=6)


class ThingIn(CamelIn):
    file = FileField(required=False)
    full_name = TextField(max_length=100)
    email = EmailField(required=False)
    new_password = PasswordField(required=False, min_length=8)
    seat_count = IntegerField(required=False, min_value=1)
    is_active = BooleanField(required=False)
    tags = ListField(child=TextField(max_length=20), required=False)
    coordinates = PointIn(required=False)


class ThingOut(CamelOut):
    id = TextField()
    full_name = TextField()

    @staticmethod
    def row(obj: dict[str, Any]) -> dict[str, Any]:
        return {"id": str(obj["number"]), "fullName": obj["name"]}


class SearchIn(CamelIn):
    search_text = TextField(max_length=20)
    day = DateField()


class SearchOut(CamelOut):
    text = TextField()
    day = BusinessDateField()


class YouOut(CamelOut):
    you = TextField()


class UploadOut(CamelOut):
    seats = IntegerField(allow_null=True)
    files = ListField(child=TextField())


THINGS = [{"number": number, "name": f"Thing {number}"} for number in range(1, 24)]
ERRORS: dict[str, Exception] = {
    "conflict": Conflict("Already there", extra={"total_amount": 15000}),
    "forbidden": Forbidden(),
    "invalid": Invalid("Is in the past", field="full_name"),
    "notfound": NotFound("Thing not found"),
    "unavailable": Unavailable(retry_after=7),
    "django404": Http404("no"),
    "denied": PermissionDenied(),
    "suspicious": SuspiciousOperation("x"),
    "toobig": RequestDataTooBig("x"),
    "data": DataError("invalid byte sequence"),
    "integrity": IntegrityError("duplicate key"),
    "locked": OperationalError("database is locked"),
    "recursion": RecursionError(),
    "overflow": OverflowError(),
    "unicode": UnicodeEncodeError("utf-8", "x", 0, 1, "surrogates not allowed"),
    "unforeseen": ZeroDivisionError("the secret is 4711"),
}


class Person:
    is_authenticated = True

    def __init__(self, name: str) -> None:
        self.pk = name

    def __str__(self) -> str:
        return str(self.pk)


class NameIsToken(BaseAuthentication):
    """`Bearer alice` is Alice, `Bearer bad` is nobody."""

    def authenticate(self, request: Any) -> tuple[Person, None] | None:
        kind, _, name = request.headers.get("Authorization", "").partition(" ")
        if kind != "Bearer":
            return None
        if name == "bad":
            raise AuthenticationFailed("The token is not valid", code="TOKEN_EXPIRED")
        return Person(name), None

    def authenticate_header(self, request: Any) -> str:
        return "Bearer"


class ThingViewSet(DialectViewSet):
    tags = "Things"
    authentication_classes = (NameIsToken,)
    permissions = {
        "list": [],
        "whole": [],
        "retrieve": [],
        "create": [],
        "many": [],
        "fail": [],
        "upload": [],
        "signin": [],
        "mine": [IsAuthenticated],
        "greet": [],
        "search": [],
        "paper": [],
    }
    optional_user = ("greet",)
    produces = {"paper": "application/pdf"}
    budgets = {"signin": "signin"}
    limits = {"upload": "uploads"}
    uploads = ("upload",)
    lists = ("many",)

    @operation(summary="List things", response={200: [ThingOut]}, paged=True)
    def list(self, request: HttpRequest) -> HttpResponse:
        rows, page = self.page(THINGS)
        return self.reply(ThingOut(rows, many=True).data, page=page)

    @operation(summary="List all things", response={200: [ThingOut]}, whole=True)
    def whole(self, request: HttpRequest) -> HttpResponse:
        rows, page = self.page(THINGS, whole=True)
        return self.reply(ThingOut(rows, many=True).data, page=page)

    @operation(summary="One thing", response={200: ThingOut})
    def retrieve(self, request: HttpRequest, id: str) -> HttpResponse:
        return self.reply(ThingOut({"number": self.public_id(id), "name": "One"}).data)

    @operation(summary="Make a thing", request=ThingIn, response={201: ThingOut})
    def create(self, request: HttpRequest) -> HttpResponse:
        data = self.read(ThingIn)
        return self.reply(ThingOut({"number": 1, "name": data["full_name"]}).data, message="Made", status=201)

    @operation(summary="Make things", response={200: None})
    def many(self, request: Any) -> HttpResponse:
        return self.reply(message=f"{len(request.data)} read")

    @operation(summary="Fail", response={200: None})
    def fail(self, request: HttpRequest, kind: str) -> HttpResponse:
        self.read(ThingIn, partial=True)
        raise ERRORS[kind]

    @operation(summary="Upload", request=ThingIn, response={200: UploadOut})
    def upload(self, request: Any) -> HttpResponse:
        data = self.read(ThingIn)
        return self.reply({"seats": data.get("seat_count"), "files": sorted(request.FILES)}, message="Stored")

    @operation(summary="Sign in", response={200: ThingOut}, flat=True)
    def signin(self, request: HttpRequest) -> HttpResponse:
        return self.reply(flat={"id": "1", "fullName": "One"}, message="Welcome")

    @operation(summary="Search", query=SearchIn, response={200: SearchOut, 503: SearchOut})
    def search(self, request: HttpRequest) -> HttpResponse:
        asked = self.query(SearchIn)
        return self.reply({"text": asked["search_text"], "day": business_date(asked["day"])})

    @operation(summary="Greet", response={200: YouOut})
    def greet(self, request: HttpRequest) -> HttpResponse:
        return self.reply({"you": str(request.user)})

    @operation(summary="Paper", response={200: None})
    def paper(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse(b"%PDF-", content_type="application/pdf")

    @operation(summary="Remove", response={204: None})
    def remove(self, request: HttpRequest) -> HttpResponse:
        return self.reply(status=204)

    @operation(summary="Mine", response={200: YouOut})
    def mine(self, request: HttpRequest) -> HttpResponse:
        return self.reply({"you": str(request.user)})


def things(base: str) -> list[Any]:
    return [
        route("GET", f"{base}/things", ThingViewSet, "list"),
        route("POST", f"{base}/things", ThingViewSet, "create"),
        route("GET", f"{base}/things/<str:id>", ThingViewSet, "retrieve"),
        route("GET", f"{base}/things/whole", ThingViewSet, "whole"),
        route("POST", f"{base}/things/many", ThingViewSet, "many"),
        route("POST", f"{base}/things/upload", ThingViewSet, "upload"),
        route("POST", f"{base}/things/signin", ThingViewSet, "signin"),
        route("GET", f"{base}/things/mine", ThingViewSet, "mine"),
        route("DELETE", f"{base}/things/mine", ThingViewSet, "remove"),
        route("GET", f"{base}/things/greet", ThingViewSet, "greet"),
        route("GET", f"{base}/things/search", ThingViewSet, "search"),
        route("GET", f"{base}/things/paper", ThingViewSet, "paper"),
        route("POST", f"{base}/things/fail/<str:kind>", ThingViewSet, "fail"),
    ]


class RentalViewSet(DialectViewSet):
    authentication_classes = (NameIsToken,)
    permissions = {"list": []}

    @operation(summary="Rentals", response={200: None})
    def list(self, request: HttpRequest) -> HttpResponse:
        return self.reply({"count": 0})


def refusing(request: HttpRequest, kind: str) -> HttpResponse:
    raise ERRORS[kind]


def broken(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError("the secret is 4711")


urlpatterns = [
    *reference.urlpatterns,
    *api(
        routes(FLASHSPACE, things("/api")),
        routes(NANO, [*things("/api/bookings"), route("POST", "/api/properties", ThingViewSet, "create")]),
        routes(RENTO, [*things("/api/booking"), route("GET", "/api/properties", RentalViewSet, "list")]),
        routes(NAKKSHA, things("/api/v1/sessions")),
        routes(WORKSPACE, things("/api/v1/users")),
    ),
    path("broken", broken),
    path("plain/<str:kind>", refusing),
    path("admin/plain/<str:kind>", refusing),
    path("admin/broken", broken),
]

handler400 = "flashspace.dialects.errors.bad_request"
handler403 = "flashspace.dialects.errors.permission_denied"
handler404 = "flashspace.dialects.errors.page_not_found"
handler500 = "flashspace.dialects.errors.server_error"
