"""The workspace dialect: `{data, message}`, a page beside `data`, errors `{statusCode, message, error}`."""

from datetime import datetime

from flashspace.dialects.base import MISSING, VALIDATION, Body, Dialect, Fault, FaultContext, Page, Reply, reason
from flashspace.dialects.rates import parse_rate

CODES = {"ROUTE_NOT_FOUND": "RESOURCE_NOT_FOUND"}


def page_block(page: Page) -> Body:
    return {"total": page.total, "page": page.number, "limit": page.size, "totalPages": page.pages}


def wrap(reply: Reply, at: datetime) -> Body:
    if reply.page is not None:
        return {"data": reply.data, **page_block(reply.page), **reply.flat}
    message = reply.message or "OK"
    if reply.data is MISSING and reply.flat:
        return {"message": message, **reply.flat}
    return {"data": None if reply.data is MISSING else reply.data, "message": message, **reply.flat}


def errors_by_field(fault: Fault) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    for one in fault.fields:
        errors.setdefault(one.field, []).append(one.message)
    return errors


def word(fault: Fault, context: FaultContext) -> Body:
    return {
        "statusCode": fault.status,
        "message": fault.message,
        "error": reason(fault.status),
        "code": CODES.get(fault.code, fault.code),
        **({"errors": errors_by_field(fault)} if fault.code == VALIDATION else {}),
        **fault.extra,
    }


WORKSPACE = Dialect(
    name="workspace",
    title="Workspace",
    wrap=wrap,
    word=word,
    validation_status=422,
    limits_per_operation=True,
    rates={
        "general": parse_rate("10/m"),
        "signin": parse_rate("5/15m"),
        "forgot": parse_rate("3/15m"),
        "reset": parse_rate("3/15m"),
    },
)
