"""Outermost: whatever a view did not answer speaks the dialect of its path, and every answer carries its headers."""

import os
import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from flashspace.base.context import client_network, network, request_id, viewer
from flashspace.base.errors import DomainError
from flashspace.dialects.answers import answer_fault
from flashspace.dialects.base import Dialect, Fault, reason
from flashspace.dialects.codec import JSON
from flashspace.dialects.errors import FORBIDDEN, ROUTE_UNKNOWN
from flashspace.dialects.faults import MALFORMED, fault_of, unforeseen
from flashspace.dialects.hygiene import check_request
from flashspace.dialects.prefixes import dialect_of

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_CARRIED = ("Allow", "Retry-After", "WWW-Authenticate")
_VARY = ("Authorization", "Cookie", "Origin")
_JSON_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_BY_STATUS = {400: MALFORMED, 403: FORBIDDEN, 404: ROUTE_UNKNOWN}


class DialectMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        reference = _reference(request)
        token, place, nobody = request_id.set(reference), network.set(client_network(request)), viewer.set(None)
        try:
            dialect = dialect_of(request.method or "", request.path)
            response = self._respond(request, dialect)
        finally:
            request_id.reset(token)
            network.reset(place)
            viewer.reset(nobody)
        response.headers["X-Request-Id"] = reference
        return response

    def _respond(self, request: HttpRequest, dialect: Dialect | None) -> HttpResponseBase:
        if dialect is None:
            return self.get_response(request)
        try:
            meta = request.META
            content_type, length = meta.get("CONTENT_TYPE", ""), meta.get("CONTENT_LENGTH", "")
            check_request(request.path, meta.get("QUERY_STRING", ""), content_type, length)
        except DomainError as error:
            response: HttpResponseBase = answer_fault(fault_of(error) or MALFORMED, dialect, request)
        else:
            if len(request.path_info) > 1 and request.path_info.endswith("/"):
                request.path_info = request.path_info[:-1]  # served as without it
            response = self.get_response(request)
            if response.status_code >= 400 and not response.headers.get("Content-Type", "").startswith(JSON):
                response = _worded(response, dialect, request)
        _finish(request, response)
        return response


def _reference(request: HttpRequest) -> str:
    """The caller's own id when it is fit for a log line, else a new one."""
    given = request.META.get("HTTP_X_REQUEST_ID", "")
    return given if _REQUEST_ID.fullmatch(given) else os.urandom(16).hex()


def _worded(response: HttpResponseBase, dialect: Dialect, request: HttpRequest) -> HttpResponse:
    """Django's own error page, in the words of the dialect."""
    status = response.status_code
    if status >= 500:
        fault = unforeseen(request_id.get())
    else:
        code = reason(status).upper().replace(" ", "_").replace("-", "_")
        fault = _BY_STATUS.get(status) or Fault(status, code, reason(status))
    answer = answer_fault(fault, dialect, request)
    for name in _CARRIED:
        if name in response.headers:
            answer.headers[name] = response.headers[name]
    answer.cookies.update(response.cookies)
    return answer


def _finish(request: HttpRequest, response: HttpResponseBase) -> None:
    headers = response.headers
    if headers.get("Content-Type", "").startswith(JSON):
        for name, value in _JSON_HEADERS.items():
            headers[name] = value
    # Only an anonymous read may be kept by anybody.
    known = request.META.get("HTTP_AUTHORIZATION") or request.META.get("HTTP_COOKIE")
    if known or request.method not in ("GET", "HEAD"):
        headers.setdefault("Cache-Control", "no-store")
    if "Vary" in headers:
        patch_vary_headers(response, _VARY)
    else:
        headers["Vary"] = ", ".join(_VARY)
