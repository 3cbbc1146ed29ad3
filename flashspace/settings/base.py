"""What all profiles share. Values come from `flashspace.env`; longer topics have a module each."""

from pathlib import Path
from urllib.parse import urlsplit

from flashspace import env
from flashspace.settings.topics.caches import caches
from flashspace.settings.topics.database import database
from flashspace.settings.topics.limits import rate_limits
from flashspace.settings.topics.logs import logging_config
from flashspace.settings.topics.mail import mail_backend, mail_options
from flashspace.settings.topics.rest import *  # noqa: F403
from flashspace.settings.topics.sms import sms_sender
from flashspace.settings.topics.social import social_providers
from flashspace.settings.topics.storages import storages
from flashspace.settings.topics.tasks import *  # noqa: F403
from flashspace.settings.topics.tasks import broker
from flashspace.settings.topics.unfold import *  # noqa: F403

config = env.current()

BASE_DIR = env.ROOT
DATA_DIR = config["DATA_DIR"]
ENVIRONMENT = config["ENVIRONMENT"]
DEBUG = config["DEBUG"]

# Addresses
PUBLIC_URL = config["PUBLIC_URL"]
FRONTEND_URL = config["FRONTEND_URL"]
_public_host = urlsplit(PUBLIC_URL).hostname
ALLOWED_HOSTS = config["ALLOWED_HOSTS"] or [_public_host]
TRUSTED_PROXIES = config["TRUSTED_PROXIES"]
_frontend = urlsplit(FRONTEND_URL)
CORS_ALLOWED_ORIGINS = sorted({f"{_frontend.scheme}://{_frontend.netloc}", *config["CORS_ALLOWED_ORIGINS"]})
CORS_ALLOW_CREDENTIALS = True
CORS_ALLOW_HEADERS = ("accept", "authorization", "content-type", "idempotency-key", "x-csrftoken", "x-requested-with")
CORS_EXPOSE_HEADERS = (
    "X-RateLimit-Limit",
    "X-RateLimit-Remaining",
    "X-RateLimit-Reset",
    "Retry-After",
    "X-Request-ID",
    "X-Total-Count",
)
CORS_URLS_REGEX = r"^/(?!admin)"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

# Keys, newest first: the first one writes, all of them read
SECRET_KEY, *SECRET_KEY_FALLBACKS = config["SECRET_KEY"]
JWT_KEYS = config["JWT_SECRET"]
FIELD_ENCRYPTION_KEYS = config["FIELD_ENCRYPTION_KEYS"]

# Rules an operator may choose
JWT_EXPIRES_IN = config["JWT_EXPIRES_IN"]
JWT_REFRESH_EXPIRES_IN = config["JWT_REFRESH_EXPIRES_IN"]
JWT_ROTATE_REFRESH = config["JWT_ROTATE_REFRESH"]
PASSWORD_POLICY = config["PASSWORD_POLICY"]
SECURITY_PROFILE = config["SECURITY_PROFILE"]
OTP_RESEND_SECONDS = config["OTP_RESEND_SECONDS"]
STAFF_MFA = config["STAFF_MFA"]
STAFF_SESSION_IDLE = config["STAFF_SESSION_IDLE"]
STAFF_SESSION_LIFE = config["STAFF_SESSION_LIFE"]
RATE_LIMITS = rate_limits(config)
BOOKING_HOLD_MINUTES = config["BOOKING_HOLD_MINUTES"]
PAYMENT_SANDBOX = config["PAYMENT_SANDBOX"]
METRICS_TOKEN = config["METRICS_TOKEN"]
METRICS_DIR = config["METRICS_DIR"]
RAZORPAY_KEY_ID = config["RAZORPAY_KEY_ID"]
RAZORPAY_SECRET = config["RAZORPAY_SECRET"]
RAZORPAY_WEBHOOK_SECRET = config["RAZORPAY_WEBHOOK_SECRET"]
RAZORPAY_API_URL = config["RAZORPAY_API_URL"]
STRIPE_SECRET_KEY = config["STRIPE_SECRET_KEY"]
STRIPE_WEBHOOK_SECRET = config["STRIPE_WEBHOOK_SECRET"]
STRIPE_API_URL = config["STRIPE_API_URL"]
SMS_SENDER = sms_sender(config)
TWILIO_ACCOUNT_SID = config["TWILIO_ACCOUNT_SID"]
TWILIO_AUTH_TOKEN = config["TWILIO_AUTH_TOKEN"]
TWILIO_FROM_NUMBER = config["TWILIO_FROM_NUMBER"]
TWILIO_API_URL = config["TWILIO_API_URL"]
GOOGLE_CLIENT_ID = config["GOOGLE_CLIENT_ID"]
GOOGLE_CLIENT_SECRET = config["GOOGLE_CLIENT_SECRET"]
GOOGLE_AUTHORIZE_URL = config["GOOGLE_AUTHORIZE_URL"]
GOOGLE_TOKEN_URL = config["GOOGLE_TOKEN_URL"]
MICROSOFT_CLIENT_ID = config["MICROSOFT_CLIENT_ID"]
MICROSOFT_CLIENT_SECRET = config["MICROSOFT_CLIENT_SECRET"]
MICROSOFT_TENANT_ID = config["MICROSOFT_TENANT_ID"]
MICROSOFT_REDIRECT_URI = config["MICROSOFT_REDIRECT_URI"]
MICROSOFT_AUTHORITY_URL = config["MICROSOFT_AUTHORITY_URL"]
MICROSOFT_GRAPH_URL = config["MICROSOFT_GRAPH_URL"]

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",  # the default one would put its own site in the place of ours
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.inlines",
    "flashspace.apps.FlashSpaceConfig",
    "flashspace.apps.FlashSpaceAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "corsheaders",
    "csp",
    "django_ratelimit",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.google",
    "accounts",
    "billing",
    "listings",
    "bookings",
    "consultants",
    "support",
]

MIDDLEWARE = [
    "flashspace.metrics.MetricsMiddleware",
    "flashspace.dialects.middleware.DialectMiddleware",  # what no view answered speaks a dialect too
    "flashspace.security.TransportMiddleware",
    "flashspace.security.ContentPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.admin.staff_session.StaffSessionMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "flashspace.urls"
WSGI_APPLICATION = "flashspace.wsgi.application"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "flashspace" / "templates"],  # before unfold's, so that the dashboard is ours
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES = {"default": database(config)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = config["REDIS_URL"]
CACHES = caches(config)
SILENCED_SYSTEM_CHECKS = [
    "security.W001",  # looks for SecurityMiddleware by name; flashspace.security has a subclass of it
    "django_ratelimit.W001",  # it knows only its own list of backends; ours is Redis
    *([] if REDIS_URL else ["django_ratelimit.E003"]),  # one process: its own memory is the shared cache
]
RATELIMIT_IP_META_KEY = "flashspace.base.context.client_network"

# Accounts
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "flashspace.base.hashers.Argon2Hasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [{"NAME": "accounts.password_policy.PasswordPolicy"}]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # our own codes verify; user.email_verified_at is the only truth
SOCIALACCOUNT_PROVIDERS = social_providers(config)
SOCIALACCOUNT_ADAPTER = "accounts.social.SocialAdapter"
MFA_ADAPTER = "accounts.mfa_totp.MfaAdapter"
MFA_TOTP_ISSUER = "FlashSpace"
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

# Django's sessions are for the admin; the APIs use tokens
SESSION_COOKIE_AGE = int(STAFF_SESSION_LIFE.total_seconds()) + 3600  # outlives its row, to say why that ended
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"  # the staff's; a redirect from elsewhere needs a cookie of its own
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_FAILURE_VIEW = "django.views.csrf.csrf_failure"

# Headers
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"  # no-referrer would make browsers post Origin: null, which CSRF refuses
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
# HTML and JSON alike begin with nothing allowed; flashspace.security widens it for pages.
CONTENT_SECURITY_POLICY = {"DIRECTIVES": {"default-src": ["'none'"], "frame-ancestors": ["'none'"]}}

# Bodies and files
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000  # a form of the admin lists every permission
DATA_UPLOAD_MAX_NUMBER_FILES = 10
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/uploads/"
STORAGES = storages(config)
STATIC_URL = "/static/"
STATIC_ROOT: Path | None = None  # production collects; elsewhere WhiteNoise asks the finders
STATICFILES_DIRS = [BASE_DIR / "flashspace" / "static"]

# Time and language: instants are stored in UTC, staff read Indian time
USE_TZ = True
TIME_ZONE = "Asia/Kolkata"
LANGUAGE_CODE = "en"
USE_I18N = False
FORMAT_MODULE_PATH = ["flashspace.formats"]

# Mail
EMAIL_BACKEND = mail_backend(config)
EMAIL_FILE_PATH = DATA_DIR / "mail"  # without EMAIL_URL every mail becomes a file here
globals().update(mail_options(config))  # EMAIL_HOST and its kin
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = config["FROM_EMAIL"]

# Work for later
CELERY_BROKER_URL, CELERY_BROKER_TRANSPORT_OPTIONS = broker(config)

LOGGING = logging_config(config["LOG_LEVEL"], config["LOG_FORMAT"])
LOGGING_CONFIG = "flashspace.logging.configure"
