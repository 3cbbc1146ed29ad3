"""A small API that writes a row per call: what `@idempotent` must not let happen twice."""

import threading
from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework.request import Request

from accounts.api.idempotency import idempotent
from accounts.api.permissions import EmailVerified, SignedIn, Staff, StaffWith, Verified
from accounts.models import Notification
from accounts.services.notify import notify
from flashspace.base.errors import Conflict, RateLimited, Unavailable
from flashspace.dialects import FLASHSPACE
from flashspace.dialects.fields import TextField
from flashspace.dialects.routing import api, route, routes
from flashspace.dialects.serializers import In
from flashspace.dialects.views import DialectViewSet, Permissions

REFUSALS = {"conflict": Conflict, "limited": RateLimited, "away": Unavailable, "fault": ZeroDivisionError}


class Gate:
    """Lets a test hold an action in the middle, or do something there."""

    entered = threading.Event()
    inside: Any = None


class NoteIn(In):
    title = TextField()


class NoteViewSet(DialectViewSet):
    permissions: ClassVar[dict[str, Permissions]] = {
        "open": [],
        "create": [SignedIn],
        "in_steps": [SignedIn],
        "for_verified_address": [SignedIn, EmailVerified],
        "for_verified": [Verified],
        "for_staff": [Staff],
        "for_reviewers": [StaffWith("accounts.review_kyc")],
    }
    uploads = ("create",)

    @idempotent
    def create(self, request: Request) -> HttpResponse:
        return self._note(request)

    @idempotent(in_steps=True)
    def in_steps(self, request: Request) -> HttpResponse:
        return self._note(request)

    @idempotent
    def open(self, request: Request) -> HttpResponse:
        return self.reply({"count": Notification.objects.count()})

    def _note(self, request: Request) -> HttpResponse:
        title = self.read(NoteIn)["title"]
        note = notify(user=request.user, kind="test", title=title)
        if Gate.inside is not None:
            Gate.inside()
        if title in REFUSALS:
            raise REFUSALS[title]
        return self.reply({"id": str(note.pk)}, status=201)

    def _yes(self, request: Request) -> HttpResponse:
        return self.reply(message="yes")

    for_verified_address = for_verified = for_staff = for_reviewers = _yes


urlpatterns = api(
    routes(
        FLASHSPACE,
        [
            route("POST", "/api/notes", NoteViewSet, "create"),
            route("POST", "/api/notes/in-steps", NoteViewSet, "in_steps"),
            route("POST", "/api/notes/open", NoteViewSet, "open"),
            route("GET", "/api/notes/verified-address", NoteViewSet, "for_verified_address"),
            route("GET", "/api/notes/verified", NoteViewSet, "for_verified"),
            route("GET", "/api/notes/staff", NoteViewSet, "for_staff"),
            route("GET", "/api/notes/reviewers", NoteViewSet, "for_reviewers"),
        ],
    )
)
