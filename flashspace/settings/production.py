"""Several processes behind a TLS proxy. `flashspace.env.rules` refuses what must not run here."""

from flashspace import env

env.use(env.PRODUCTION)

from flashspace.settings.base import *  # noqa: E402, F403  the profile must be chosen first
from flashspace.settings.base import BASE_DIR, STORAGES, config  # noqa: E402

SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]  # asked from inside
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True

# A __Host- cookie cannot be set by a neighbouring subdomain.
SESSION_COOKIE_NAME = "__Host-sessionid"
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrftoken"
CSRF_COOKIE_SECURE = True

STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES["staticfiles"] = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}

if config["SENTRY_DSN"]:
    import sentry_sdk

    from flashspace.logging import clean_report

    sentry_sdk.init(
        dsn=config["SENTRY_DSN"], send_default_pii=False, include_local_variables=False, before_send=clean_report
    )
