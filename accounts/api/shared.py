"""The sign-in that flashspace and nano both document. The request's words say which of them is spoken: `identifier` is
nano's, `email` flashspace's, and so is whatever has neither or cannot be read.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework.request import Request

from accounts.api import flashspace, nano
from flashspace.dialects import NANO
from flashspace.dialects.views import DialectViewSet, Permissions


class LoginViewSet(DialectViewSet):
    tags = "Auth"
    permissions: ClassVar[Mapping[str, Permissions]] = {"login": []}
    budgets: ClassVar[Mapping[str, str]] = {"login": "signin"}  # one for both: flashspace's, whose route it is

    def login(self, request: Request) -> HttpResponse:
        return nano.log_in(self) if self.dialect is NANO else flashspace.log_in(self)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """A refusal for too many calls is worded as well as an answer."""
        try:
            super().initial(request, *args, **kwargs)
        except Exception:
            with suppress(Exception):
                self._listen(request)
            raise
        self._listen(request)

    def _listen(self, request: Request) -> None:
        said = request.data if self.action else {}
        if isinstance(said, Mapping) and "identifier" in said and "email" not in said:
            self.dialect = NANO
