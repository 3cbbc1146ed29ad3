"""The nano dialect: named keys and no envelope; errors `{error, code}`."""

from datetime import datetime

from flashspace.dialects.base import MISSING, VALIDATION, Body, Dialect, Fault, FaultContext, Page, Reply, describe
from flashspace.dialects.rates import parse_rate

CODES = {"ROUTE_NOT_FOUND": "RESOURCE_NOT_FOUND"}
MESSAGES = {"AUTHENTICATION_FAILED": "Invalid credentials"}
# A code that was not right: what its caller looks at first.
NOT_VERIFIED = {"OTP_INVALID", "OTP_LOCKED", "OTP_NOT_FOUND"}


def page_block(page: Page) -> Body:
    return {"total": page.total, "page": page.number, "per_page": page.size, "pages": page.pages}


def wrap(reply: Reply, at: datetime) -> Body:
    body: Body = {} if reply.message is None else {"message": reply.message}
    if reply.data is not MISSING:
        body.update(reply.data if isinstance(reply.data, dict) else {"data": reply.data})
    body.update(reply.flat)
    if reply.page is not None:
        body.update(page_block(reply.page))
    return body


def word(fault: Fault, context: FaultContext) -> Body:
    error = describe(fault) if fault.code == VALIDATION else MESSAGES.get(fault.code, fault.message)
    body: Body = {"error": error, "code": CODES.get(fault.code, fault.code)}
    if fault.code in NOT_VERIFIED:
        body["verified"] = False
    if fault.fields:
        body["errors"] = {one.field: one.message for one in fault.fields}
    return {**body, **fault.extra}


NANO = Dialect(
    name="nano",
    title="Nano Space",
    wrap=wrap,
    word=word,
    size_name="per_page",
    page_size=20,
    statuses={"OTP_LOCKED": 400},
    rates={
        "general": parse_rate("100/15m"),
        "signin": parse_rate("5/15m"),
        "forgot": parse_rate("3/15m"),
        "reset": parse_rate("3/15m"),
        "uploads": parse_rate("10/h"),
    },
)
