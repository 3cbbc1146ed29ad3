"""`/`: rento's own words for programs, a page for people."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from flashspace import __version__
from flashspace.base.clock import now
from flashspace.dialects.wire import iso_millis

ENDPOINTS = {
    "users": "/api/user",
    "properties": "/api/properties",
    "bookings": "/api/booking",
    "balling": "/api/balling",
    "landlord": "/api/landlord",
}


@require_safe
def welcome(request: HttpRequest) -> HttpResponse:
    if request.get_preferred_type(["application/json", "text/html"]) == "text/html":
        answer = render(request, "welcome.html", {"version": __version__})
    else:
        answer = JsonResponse(
            {
                "success": True,
                "message": "Welcome to Rento API",
                "version": __version__,
                "status": "active",
                "timestamp": iso_millis(now()),
                "endpoints": ENDPOINTS,
            }
        )
    answer["Vary"] = "Accept"
    return answer
