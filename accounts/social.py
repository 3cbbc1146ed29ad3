"""allauth's door to the outside: a timeout on every call, and Google's certificates fetched once, not per sign-in."""

import logging
import re
import threading
from datetime import datetime, timedelta
from typing import Any

import requests
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.google import views as google

from accounts.exceptions import GoogleUnavailable
from flashspace.base.clock import now

log = logging.getLogger(__name__)

TIMEOUT = (3, 5)
SHORTEST, DEFAULT, LONGEST = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# A key id that we do not know is a new key, or a forger; forgers must not make us call Google for each try.
REFETCH_PAUSE = timedelta(seconds=30)
RETRY_PAUSE = timedelta(seconds=5)
MAX_AGE = re.compile(r"max-age=(\d{1,9})")


class Certificates:
    """The last good answer of the certificates' address. One thread fetches, the others wait for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        self._answer: requests.Response | None = None
        self._key_ids: frozenset[str] = frozenset()
        self._fresh_until: datetime | None = None
        self._tried_at: datetime | None = None

    def expect(self, key_id: str) -> None:
        """Ask anew next time if this key is unknown, because Google changes its keys."""
        with self._lock:
            if key_id not in self._key_ids and not self._tried_within(REFETCH_PAUSE):
                self._fresh_until = None

    def answer(self, session: requests.Session, url: str) -> requests.Response:
        """Raises GoogleUnavailable when there is none, new or old."""
        with self._lock:
            if self._fresh_until is None or now() >= self._fresh_until:
                self._fetch(session, url)
            if self._answer is None:
                raise GoogleUnavailable(retry_after=int(RETRY_PAUSE.total_seconds()))
            return self._answer

    def _fetch(self, session: requests.Session, url: str) -> None:
        if self._answer is None and self._tried_within(RETRY_PAUSE):
            return
        self._tried_at = now()
        try:
            answer = session.request("GET", url, timeout=TIMEOUT)
            answer.raise_for_status()
            keys = answer.json()
            if not isinstance(keys, dict):
                raise ValueError("no certificates by key id")
        except (requests.RequestException, ValueError) as error:
            log.warning("Google's certificates were not fetched: %s", type(error).__name__)
            self._fresh_until = now() + SHORTEST if self._answer else None  # the old ones serve on
            return
        self._answer, self._key_ids = answer, frozenset(keys)
        self._fresh_until = now() + _life(answer)

    def _tried_within(self, pause: timedelta) -> bool:
        return self._tried_at is not None and now() < self._tried_at + pause


def _life(answer: requests.Response) -> timedelta:
    match = MAX_AGE.search(answer.headers.get("Cache-Control", ""))
    asked = timedelta(seconds=int(match[1])) if match else DEFAULT
    return max(SHORTEST, min(asked, LONGEST))


certificates = Certificates()


class OutgoingSession(requests.Session):
    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        kwargs.setdefault("timeout", TIMEOUT)
        return super().request(method, url, *args, **kwargs)

    def get(self, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        return certificates.answer(self, url) if url == google.CERTS_URL else super().get(url, *args, **kwargs)


class SocialAdapter(DefaultSocialAccountAdapter):
    def get_requests_session(self) -> requests.Session:
        return OutgoingSession()
