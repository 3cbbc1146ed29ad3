"""The nakksha dialect: `{message?, data}`; errors carry status, path and method."""

from datetime import datetime

from flashspace.dialects.base import (
    MISSING,
    VALIDATION,
    Body,
    Dialect,
    Fault,
    FaultContext,
    FieldFault,
    Page,
    Reply,
    reason,
)
from flashspace.dialects.rates import parse_rate
from flashspace.dialects.wire import iso_millis

CODES = {
    "UNAUTHORIZED": "NOT_AUTHENTICATED",
    "TOKEN_EXPIRED": "NOT_AUTHENTICATED",
    "AUTHENTICATION_FAILED": "INVALID_CREDENTIALS",
    "EMAIL_TAKEN": "EMAIL_EXISTS",
    "ROUTE_NOT_FOUND": "RESOURCE_NOT_FOUND",
}
NAMES = {400: "BadRequestError", 401: "AuthenticationError", 403: "ForbiddenError", 429: "RateLimitError"}


def page_block(page: Page) -> Body:
    return {
        "page": page.number,
        "limit": page.size,
        "totalCount": page.total,
        "totalPages": page.pages,
        "hasNextPage": page.number < page.pages,
        "hasPrevPage": page.number > 1,
    }


def wrap(reply: Reply, at: datetime) -> Body:
    body: Body = {} if reply.message is None else {"message": reply.message}
    if reply.data is not MISSING:
        body["data"] = reply.data
    if reply.page is not None:
        block = {"pagination": page_block(reply.page)}
        body = {**body, "data": {**reply.data, **block}} if isinstance(reply.data, dict) else {**body, **block}
    body.update(reply.flat)
    return body


def error_name(fault: Fault) -> str:
    """ValidationError, NotFoundError: the class names that the original's clients know."""
    if fault.code == VALIDATION:
        return "ValidationError"
    words = reason(fault.status).replace(" ", "").replace("-", "")
    return NAMES.get(fault.status) or (words if words.endswith("Error") else f"{words}Error")


def _field(fault: FieldFault) -> Body:
    return {"field": fault.field, "message": fault.message, "code": fault.code}


def word(fault: Fault, context: FaultContext) -> Body:
    details = [_field(one) for one in fault.fields] or fault.details
    return {
        "error": error_name(fault),
        "message": fault.fields[0].message if fault.fields else fault.message,
        "code": CODES.get(fault.code, fault.code),
        "statusCode": fault.status,
        "timestamp": iso_millis(context.at),
        "path": context.path,
        "method": context.method,
        **({} if details is None else {"details": details}),
        **fault.extra,
    }


NAKKSHA = Dialect(
    name="nakksha",
    title="Nakksha",
    wrap=wrap,
    word=word,
    limits_per_address=True,
    rates={
        "general": parse_rate("1000/15m"),
        "signin": parse_rate("5/15m"),
        "forgot": parse_rate("3/15m"),
        "reset": parse_rate("3/15m"),
    },
)
