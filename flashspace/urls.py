"""Every route, gathered from the apps. A module of the list has `urlpatterns`; order matters only inside a path."""

from importlib import import_module
from importlib.util import find_spec

from django.contrib import admin
from django.urls import URLPattern, URLResolver, path

API_MODULES = (
    "accounts.api.flashspace",
    "listings.api.flashspace",
    "bookings.api.flashspace",
    "bookings.api.nano",
    "billing.api.flashspace",
    "billing.api.workspace",
)


def _routes() -> list[URLPattern | URLResolver]:
    modules = [import_module(name) for name in API_MODULES if find_spec(name)]
    return [route for module in modules for route in module.urlpatterns]


urlpatterns = [
    path("admin/", admin.site.urls),
    *_routes(),
]
