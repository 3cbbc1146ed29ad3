"""The one exception handler of the API, and Django's own four for what never reached a view."""

import logging
import sys
from typing import Any, cast

from django.core.signals import got_request_exception
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse
from django.views import defaults

from flashspace.base.context import request_id
from flashspace.dialects.answers import Answer, answer_fault
from flashspace.dialects.base import Fault
from flashspace.dialects.faults import BUSY_SECONDS, MALFORMED, fault_of, unforeseen
from flashspace.dialects.prefixes import dialect_of

log = logging.getLogger(__name__)

ROUTE_UNKNOWN = Fault(404, "ROUTE_NOT_FOUND", "There is no such route")
FORBIDDEN = Fault(403, "FORBIDDEN", "You do not have permission to do this")


def exception_handler(error: Exception, context: dict[str, Any]) -> Answer:
    """Every exception of a DialectViewSet as an answer in its dialect. DRF's EXCEPTION_HANDLER."""
    view = context["view"]
    request: HttpRequest = context["request"]._request
    fault = fault_of(error, view.given, view.wire_name)
    if fault is None:
        fault = unforeseen(request_id.get())
        log.error("unhandled %s in %s", type(error).__name__, type(view).__name__, exc_info=error)
        # Error reporters and the test client listen to this, as they do when Django itself makes the 500.
        got_request_exception.send(sender=type(view), request=request)
    elif fault.status >= 500 or isinstance(error, DatabaseError):
        log.warning("%s: %s", fault.code, type(error).__name__, exc_info=error)
    # A method that a path does not have may be another dialect's than those it has.
    dialect = view.dialect if view.action else dialect_of(request.method or "", request.path) or view.dialect
    answer = answer_fault(fault, dialect, request)
    answer._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001  else Django writes a second line
    if fault.status == 405:
        answer.headers["Allow"] = ", ".join(view.allowed_methods)
    return answer


def _answer(request: HttpRequest, error: Exception | None, fallback: Fault) -> Answer | None:
    dialect = dialect_of(request.method or "", request.path)
    if dialect is None:
        return None
    return answer_fault((fault_of(error) if error else None) or fallback, dialect, request)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, exception, MALFORMED) or defaults.bad_request(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, exception, FORBIDDEN) or defaults.permission_denied(request, exception)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, None, ROUTE_UNKNOWN) or defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """What no view answered. A page that waits for its database says so: it is not broken, it is early."""
    error = cast("Exception | None", sys.exc_info()[1])  # Django calls its handler where it caught it
    answer = _answer(request, error, unforeseen(request_id.get()))
    if answer is not None:
        return answer
    page = defaults.server_error(request)
    fault = fault_of(error) if error else None
    if fault is not None and fault.status == 503:
        page.status_code = fault.status
        page.headers["Retry-After"] = str(fault.retry_after or BUSY_SECONDS)
    return page
