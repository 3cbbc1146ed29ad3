"""Calls to other people's servers, each with an end: a time-out of httpx is only for the next piece of an answer."""

import time
from collections.abc import Mapping

import httpx

LARGEST_ANSWER = 64 * 1024


def ask(
    method: str,
    url: str,
    *,
    timeout: httpx.Timeout,
    deadline: float,
    form: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    auth: tuple[str, str] | None = None,
    largest: int = LARGEST_ANSWER,
) -> tuple[int, bytes]:
    """Status and body, within `deadline` seconds. Redirects are not followed.

    Raises httpx.HTTPError (ReadTimeout for an answer that is too long or drips) and httpx.InvalidURL.
    """
    began = time.monotonic()
    body = bytearray()
    with (
        httpx.Client(timeout=timeout, auth=auth) as http,
        http.stream(method, url, data=form, params=query) as answer,
    ):
        for piece in answer.iter_bytes():
            body += piece
            if len(body) > largest or time.monotonic() - began > deadline:
                raise httpx.ReadTimeout("too long an answer")
    return answer.status_code, bytes(body)
