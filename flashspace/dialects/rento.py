"""The rento dialect: `{success, message, data, timestamp}`, errors with a title."""

from datetime import datetime

from flashspace.dialects.base import MISSING, VALIDATION, Body, Dialect, Fault, FaultContext, FieldFault, Reply, reason
from flashspace.dialects.rates import parse_rate
from flashspace.dialects.wire import iso_millis

# The document's titles and, where it is silent, the original's; else the words of the status.
TITLES = {
    VALIDATION: "Validation Error",
    "UNAUTHORIZED": "Authentication Required",
    "TOKEN_EXPIRED": "Token Expired",
    "AUTHENTICATION_FAILED": "Invalid Credentials",
    "FORBIDDEN": "Insufficient Permissions",
    "EMAIL_NOT_VERIFIED": "Email Not Verified",
    "EMAIL_TAKEN": "Email Already Registered",
    "ALREADY_VERIFIED": "Email Already Verified",
    "ROLE_NOT_SET": "Role Not Set",
    "ROLE_ALREADY_SET": "Role Already Set",
    "OTP_INVALID": "Invalid OTP",
    "TOKEN_INVALID": "Invalid or Expired Token",
    "ROUTE_NOT_FOUND": "Route Not Found",
    "INVALID_ID": "Invalid ID Format",
    "CONFLICT": "Duplicate Error",
    "GOOGLE_FAILED": "Google Authentication Failed",
}
MESSAGES = {
    VALIDATION: "Please check your input",
    "UNAUTHORIZED": "Please login to access this resource",
    "EMAIL_TAKEN": "Please sign in or use another email",
    "OTP_INVALID": "The verification code is incorrect",
}


def wrap(reply: Reply, at: datetime) -> Body:
    data = None if reply.data is MISSING else reply.data
    if reply.page is not None and isinstance(data, dict):
        page = reply.page
        data = {**data, "total": page.total, "page": page.number, "per_page": page.size, "pages": page.pages}
    return {"success": True, "message": reply.message or "OK", "data": data, "timestamp": iso_millis(at), **reply.flat}


def _field(fault: FieldFault, location: str) -> Body:
    shown = {} if fault.shown_value is MISSING else {"value": fault.shown_value}
    return {"type": "field", **shown, "msg": fault.message, "path": fault.field, "location": location}


def word(fault: Fault, context: FaultContext) -> Body:
    location = "query" if context.method in ("GET", "HEAD") else "body"
    invalid = fault.code == VALIDATION
    return {
        "success": False,
        "error": TITLES.get(fault.code, reason(fault.status)),
        "message": MESSAGES.get(fault.code, fault.message),
        "details": [_field(one, location) for one in fault.fields] if invalid else None,
        "timestamp": iso_millis(context.at),
        **fault.extra,
    }


RENTO = Dialect(
    name="rento",
    title="Rento",
    wrap=wrap,
    word=word,
    malformed_id_status=400,
    size_name="per_page",  # its one list with pages is nano's, too
    rates={
        "general": parse_rate("100/15m"),
        "signin": parse_rate("5/15m"),
        "forgot": parse_rate("1/5m"),
        "resend": parse_rate("1/m"),
    },
)
