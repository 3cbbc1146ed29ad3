"""Every name the program reads from its environment, once: how it is read, what it is without it, what it is for."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flashspace.env import parsers as read

ROOT = Path(__file__).resolve().parents[2]
DEVELOPMENT, PRODUCTION = "development", "production"


@dataclass(frozen=True)
class Name:
    """`default` and `production` are written as in the environment; None means that the program does without."""

    name: str
    parse: read.Parser
    help: str
    default: str | None = None
    production: str | None = None
    aliases: tuple[str, ...] = ()
    secret: bool = False
    required: bool = False
    shown: str = ""

    def default_in(self, profile: str) -> str | None:
        return self.production if profile == PRODUCTION and self.production is not None else self.default


def _secret(name: str, help: str, **options: Any) -> Name:
    return Name(name, read.text, help, secret=True, **options)


NAMES: tuple[Name, ...] = (
    Name(
        "ENVIRONMENT",
        read.choice(DEVELOPMENT, PRODUCTION),
        "Which settings are used, unless `DJANGO_SETTINGS_MODULE` says it",
        default=DEVELOPMENT,
        aliases=("NODE_ENV",),
    ),
    Name("DEBUG", read.flag, "Django's debug pages; refused in production", default="off"),
    Name("HOST", read.text, "The address `serve` listens on", default="127.0.0.1"),
    Name("PORT", read.number(1, 65535), "The port `serve` listens on", default="8000"),
    Name(
        "WEB_CONCURRENCY", read.number(1, 64), "Web processes in production; compose and the image start 2", default="1"
    ),
    Name("PUBLIC_URL", read.origin, "Where people reach this server", required=True, shown="http://localhost:PORT"),
    Name("FRONTEND_URL", read.url, "Where mailed links lead", shown="`PUBLIC_URL`"),
    Name("ALLOWED_HOSTS", read.words, "Host names that are answered", shown="localhost and the host of `PUBLIC_URL`"),
    Name("CORS_ALLOWED_ORIGINS", read.origins, "Browser origins beside `FRONTEND_URL`", default=""),
    Name("TRUSTED_PROXIES", read.networks, "Proxies whose X-Forwarded-For and -Proto count", default=""),
    Name("DATA_DIR", read.directory, "Database file, uploads, mailbox, keys", default=str(ROOT / "var"), shown="var"),
    Name(
        "DATABASE_URL",
        read.database,
        "PostgreSQL, or SQLite for one process",
        secret=True,
        shown="SQLite in `DATA_DIR`",
    ),
    Name("REDIS_URL", read.redis, "Cache and broker; without it both live in the one process", secret=True),
    _secret(
        "SECRET_KEY",
        "Sessions, links and one-time codes; 50 characters or more, newest first",
        required=True,
        shown="made once in `DATA_DIR`",
    ),
    _secret(
        "JWT_SECRET",
        "Signs tokens; 32 characters or more, newest first",
        required=True,
        aliases=("JWT_SECRET_KEY", "SECRET"),
        shown="made once in `DATA_DIR`",
    ),
    _secret(
        "FIELD_ENCRYPTION_KEYS",
        "Encrypts what must stay readable; 32 characters or more, newest first",
        required=True,
        shown="made once in `DATA_DIR`",
    ),
    Name("JWT_EXPIRES_IN", read.duration, "Life of an access token", default="15m"),
    Name("JWT_REFRESH_EXPIRES_IN", read.duration, "Life of a sign-in", default="7d"),
    Name("JWT_ROTATE_REFRESH", read.flag, "Each refresh answers with a new refresh token", default="off"),
    Name(
        "PASSWORD_POLICY",
        read.choice("contract", "strict"),
        "`strict` also refuses common passwords",
        default="contract",
        production="strict",
    ),
    Name(
        "SECURITY_PROFILE",
        read.choice("contract", "strict"),
        "`strict` answers alike whether an account exists or not",
        default="contract",
    ),
    Name(
        "STAFF_MFA",
        read.choice("required", "optional"),
        "Whether staff must show a second factor in the admin; `optional` is refused in production",
        default="optional",
        production="required",
    ),
    Name("STAFF_SESSION_IDLE", read.duration, "A staff session ends after this time without a click", default="30m"),
    Name("STAFF_SESSION_LIFE", read.duration, "A staff session ends after this time in any case", default="8h"),
    Name("OTP_RESEND_SECONDS", read.number(0, 3600), "Pause between two codes", default="60"),
    Name(
        "RATE_LIMITS",
        read.text,
        '`off`, or changes such as `flashspace.signin=50/15m,…` (operators\' book, "Limits")',
        default="",
    ),
    Name("BOOKING_HOLD_MINUTES", read.number(1, 1440), "How long an unpaid booking holds its seats", default="15"),
    Name(
        "EMAIL_URL",
        read.mail,
        "Outgoing mail, `smtp+ssl://user:password@host:465`",
        secret=True,
        shown="files in `DATA_DIR`/mail",
    ),
    _secret("GMAIL_USER", "With `GMAIL_PASS` an alias of `EMAIL_URL`"),
    _secret("GMAIL_PASS", "With `GMAIL_USER` an alias of `EMAIL_URL`"),
    _secret("SENDGRID_API_KEY", "Outgoing mail by SendGrid"),
    Name("FROM_EMAIL", read.text, "Sender of every mail", default="FlashSpace <noreply@flashspace.ai>"),
    Name(
        "TWILIO_ACCOUNT_SID",
        read.text,
        "SMS by Twilio; without it `send-sms` answers 503 in production",
        shown="files in `DATA_DIR`/mail",
    ),
    _secret("TWILIO_AUTH_TOKEN", "SMS by Twilio"),
    Name("TWILIO_FROM_NUMBER", read.text, "Sender of every SMS: a number, or a messaging service (`MG…`)"),
    Name("TWILIO_API_URL", read.origin, "Twilio's API", default="https://api.twilio.com"),
    Name("GOOGLE_CLIENT_ID", read.text, "Google sign-in"),
    _secret("GOOGLE_CLIENT_SECRET", "Google sign-in by redirect"),
    Name("GOOGLE_ISSUER", read.url, "Issuer of Google's ID tokens", default="https://accounts.google.com"),
    Name("GOOGLE_CERTS_URL", read.url, "Google's certificates", default="https://www.googleapis.com/oauth2/v1/certs"),
    Name(
        "GOOGLE_AUTHORIZE_URL",
        read.url,
        "Google's consent page",
        default="https://accounts.google.com/o/oauth2/v2/auth",
    ),
    Name("GOOGLE_TOKEN_URL", read.url, "Google's token call", default="https://oauth2.googleapis.com/token"),
    Name("MICROSOFT_CLIENT_ID", read.text, "Teams meetings (not connected yet)"),
    _secret("MICROSOFT_CLIENT_SECRET", "Teams meetings (not connected yet)"),
    Name("MICROSOFT_TENANT_ID", read.text, "Teams meetings (not connected yet)", default="common"),
    Name("MICROSOFT_REDIRECT_URI", read.url, "Where Microsoft sends a consultant back"),
    Name("MICROSOFT_AUTHORITY_URL", read.origin, "Microsoft's sign-in", default="https://login.microsoftonline.com"),
    Name("MICROSOFT_GRAPH_URL", read.origin, "Microsoft Graph", default="https://graph.microsoft.com"),
    Name("RAZORPAY_KEY_ID", read.text, "Payments by Razorpay (not connected yet)"),
    _secret("RAZORPAY_SECRET", "Payments by Razorpay (not connected yet)"),
    _secret("RAZORPAY_WEBHOOK_SECRET", "Proves Razorpay's events"),
    Name("RAZORPAY_API_URL", read.origin, "Razorpay's API", default="https://api.razorpay.com"),
    _secret("STRIPE_SECRET_KEY", "Payments by Stripe (not connected yet)"),
    _secret("STRIPE_WEBHOOK_SECRET", "Proves Stripe's events"),
    Name("STRIPE_API_URL", read.origin, "Stripe's API", default="https://api.stripe.com"),
    Name(
        "PAYMENT_SANDBOX",
        read.flag,
        "A gateway that moves no money; refused in production",
        default="on",
        production="off",
    ),
    _secret("METRICS_TOKEN", "Opens `/metrics`; 32 characters or more in production"),
    Name(
        "METRICS_DIR",
        read.directory,
        "Where several web processes of one machine add up their metrics; emptied when the machine starts",
    ),
    Name("AWS_STORAGE_BUCKET_NAME", read.text, "Public files on S3", shown="files in `DATA_DIR`"),
    Name("AWS_PRIVATE_BUCKET_NAME", read.text, "KYC documents and invoices on S3; another bucket than the public one"),
    Name("AWS_ACCESS_KEY_ID", read.text, "S3; without it the machine's role"),
    _secret("AWS_SECRET_ACCESS_KEY", "S3"),
    Name("AWS_S3_REGION_NAME", read.text, "S3 region"),
    Name("AWS_S3_ENDPOINT_URL", read.url, "S3 at another provider"),
    _secret("SENTRY_DSN", "Reports faults to Sentry"),
    Name("LOG_LEVEL", read.choice("debug", "info", "warning", "error"), "Least level that is logged", default="info"),
    Name(
        "LOG_FORMAT",
        read.choice("console", "json"),
        "`json`: one object a line",
        default="console",
        production="json",
    ),
)

# Names that one of the documents asks for and this program has no use for.
UNNEEDED = ("MONGODB_URI", "MONGOOSEURL", "JWT_REFRESH_SECRET", "JWT_REFRESH_SECRET_KEY")
