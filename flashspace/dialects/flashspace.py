"""The flashspace dialect: `{success, message?, data?}`, flat auth answers, a nested error object."""

from datetime import datetime
from typing import Any

from flashspace.dialects.base import MISSING, Body, Dialect, Fault, FaultContext, FieldFault, Page, Reply
from flashspace.dialects.rates import parse_rate
from flashspace.dialects.wire import iso_millis

# Section 7 of the document has one code for these; ours say more.
CODES = {
    "EMAIL_TAKEN": "CONFLICT",
    "ROUTE_NOT_FOUND": "RESOURCE_NOT_FOUND",
    "INVALID_ID": "VALIDATION_ERROR",
    "NOT_ACCEPTABLE": "BAD_REQUEST",
    "OTP_INVALID": "BAD_REQUEST",
    "OTP_TOO_SOON": "RATE_LIMIT_EXCEEDED",
    "TOKEN_INVALID": "BAD_REQUEST",
    "ACCOUNT_DISABLED": "FORBIDDEN",
    "IDEMPOTENCY_KEY_REUSED": "CONFLICT",
    "IDEMPOTENCY_KEY_RUNNING": "CONFLICT",
}


def page_block(page: Page) -> Body:
    return {"total": page.total, "page": page.number, "pages": page.pages}


def wrap(reply: Reply, at: datetime) -> Body:
    body: Body = {"success": True}
    if reply.message is not None:
        body["message"] = reply.message
    if reply.data is not MISSING:
        body["data"] = reply.data
    if reply.page is not None:
        body["pagination"] = page_block(reply.page)
    body.update(reply.flat)
    return body


def _field(fault: FieldFault) -> Body:
    shown = {} if fault.shown_value is MISSING else {"value": fault.shown_value}
    return {"field": fault.field, **shown, "message": fault.message}


def _details(fault: Fault) -> Any:
    if not fault.fields:
        return fault.details
    errors = [_field(one) for one in fault.fields]
    return {**errors[0], "errors": errors}


def word(fault: Fault, context: FaultContext) -> Body:
    return {
        "success": False,
        "message": fault.message,
        "error": {
            "code": CODES.get(fault.code, fault.code),
            "message": fault.message,
            "details": _details(fault),
            "timestamp": iso_millis(context.at),
            "path": context.path,
        },
        **fault.extra,
    }


FLASHSPACE = Dialect(
    name="flashspace",
    title="FlashSpace",
    wrap=wrap,
    word=word,
    malformed_id_status=400,
    rates={
        "general": parse_rate("100/15m"),
        "signin": parse_rate("5/15m"),
        "forgot": parse_rate("3/15m"),
        "reset": parse_rate("3/15m"),
        "uploads": parse_rate("10/h"),
    },
)
