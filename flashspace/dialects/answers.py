"""The one response class: a body that is JSON already."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse

from flashspace.base.clock import now
from flashspace.base.masking import mask_path
from flashspace.dialects.base import Dialect, Fault, FaultContext
from flashspace.dialects.codec import JSON, dump_json


class Answer(HttpResponse):
    """`data` is the body before it became bytes."""

    def __init__(self, data: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        empty = status == 204
        super().__init__(b"" if empty else dump_json(data), status=status, content_type=JSON, headers=headers)
        self.data = data
        if empty:
            del self["Content-Type"]


def context_of(request: HttpRequest) -> FaultContext:
    return FaultContext(method=request.method or "", path=mask_path(request.path), at=now())


def answer_fault(fault: Fault, dialect: Dialect, request: HttpRequest) -> Answer:
    """The refusal in the words of `dialect`."""
    status, body = dialect.answer(fault, context_of(request))
    answer = Answer(body, status=status, headers=fault.headers)
    if status == 401:
        answer.headers.setdefault("WWW-Authenticate", "Bearer")
    if fault.retry_after is not None:
        answer.headers["Retry-After"] = str(fault.retry_after)
    return answer
