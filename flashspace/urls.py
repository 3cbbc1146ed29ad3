"""Every route, gathered from the apps. A new API module is one line here."""

from importlib import import_module

from django.contrib import admin
from django.urls import path

from accounts import pages as account_pages
from billing import pages as billing_pages
from bookings import pages as booking_pages
from flashspace.dialects import errors, reference
from flashspace.dialects.routing import api
from flashspace.views import files, probes

API_MODULES = (
    "flashspace.views.api",
    "accounts.api.flashspace",
    "accounts.api.flashspace_kyc",
    "accounts.api.flashspace_sessions",
    "accounts.api.workspace_mfa",
    "accounts.api.rento",
    "accounts.api.rento_google",
    "accounts.api.nano",
    "accounts.api.nano_otp",
    "accounts.api.workspace_auth",
    "accounts.api.workspace_me",
    "accounts.api.workspace_organizations",
    "accounts.api.workspace_roles",
    "accounts.api.workspace_users",
    "accounts.api.workspace_invitations",
    "accounts.api.workspace_audit",
    "listings.api.flashspace",
    "listings.api.shared",
    "bookings.api.flashspace",
    "bookings.api.nano",
    "billing.api.flashspace",
    "billing.api.workspace",
    "consultants.api.nakksha_auth",
)


urlpatterns = [
    path("admin/", admin.site.urls),
    path("healthz", probes.liveness),
    path("readyz", probes.readiness),
    path("metrics", probes.metrics),
    path("uploads/<path:name>", files.upload),
    path("images/default.png", files.default_picture),
    path("favicon.ico", files.icon),
    *account_pages.urlpatterns,
    *billing_pages.urlpatterns,
    *booking_pages.urlpatterns,
    *reference.urlpatterns,
    *api(*(import_module(name).urlpatterns for name in API_MODULES)),
]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.page_not_found
handler500 = errors.server_error
