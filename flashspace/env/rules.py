"""What values may not be together, and what production refuses. Pure: a config in, ConfigError out."""

from collections.abc import Callable
from itertools import combinations
from typing import Any
from urllib.parse import quote

from flashspace.env.errors import ConfigError
from flashspace.env.names import NAMES, PRODUCTION
from flashspace.env.parsers import mail

Config = dict[str, Any]

KEYS = {"SECRET_KEY": 50, "JWT_SECRET": 32, "FIELD_ENCRYPTION_KEYS": 32}
KNOWN = ("django-insecure", "your_", "your-", "change", "secret", "example", "dev_", "test")
TOGETHER = (
    ("GMAIL_USER", "GMAIL_PASS"),
    ("RAZORPAY_KEY_ID", "RAZORPAY_SECRET"),
    ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"),
    ("TWILIO_ACCOUNT_SID", "TWILIO_FROM_NUMBER"),
    ("AWS_STORAGE_BUCKET_NAME", "AWS_PRIVATE_BUCKET_NAME"),
)


def check(config: Config, profile: str) -> None:
    """Raises ConfigError for the first thing wrong."""
    for pair in TOGETHER:
        missing = [name for name in pair if not config[name]]
        if len(missing) == 1:
            raise ConfigError(f"{missing[0]} is missing; it goes with {pair[1 - pair.index(missing[0])]}")
    if any("0.0.0.0/0" in network or "::/0" in network for network in config["TRUSTED_PROXIES"]):
        raise ConfigError("TRUSTED_PROXIES may not be everybody")
    if profile == PRODUCTION:
        for rule in PRODUCTION_RULES:
            rule(config)


def relay(config: Config) -> Config | None:
    """Outgoing mail by the documents' own names, TLS from the first byte."""
    if config["SENDGRID_API_KEY"]:
        user, password, host = "apikey", config["SENDGRID_API_KEY"], "smtp.sendgrid.net"
    elif config["GMAIL_USER"] and config["GMAIL_PASS"]:
        user, password, host = config["GMAIL_USER"], config["GMAIL_PASS"], "smtp.gmail.com"
    else:
        return None
    made: Config = mail(f"smtp+ssl://{quote(user, safe='')}:{quote(password, safe='')}@{host}:465")
    return made


def _required(config: Config) -> None:
    for name in NAMES:
        if name.required and not config[name.name]:
            raise ConfigError(f"{name.name} is missing")


def _keys(config: Config) -> None:
    for name, least in KEYS.items():
        for key in config[name]:
            if len(key) < least:
                raise ConfigError(f"{name} is too short: {least} characters or more")
            if len(set(key)) < 12 or key.lower().startswith(KNOWN):
                raise ConfigError(f"{name} is easy to guess: make a random one")
    for one, other in combinations(KEYS, 2):
        if set(config[one]) & set(config[other]):
            raise ConfigError(f"{other} is the same as {one}: each needs a key of its own")


def _debug(config: Config) -> None:
    if config["DEBUG"]:
        raise ConfigError("DEBUG must be off in production")


def _hosts(config: Config) -> None:
    if any("*" in host for host in config["ALLOWED_HOSTS"] or ()):
        raise ConfigError("ALLOWED_HOSTS must name the hosts; * answers to every name")


def _tls(config: Config) -> None:
    for name in ("PUBLIC_URL", "FRONTEND_URL"):
        if not config[name].startswith("https://"):
            raise ConfigError(f"{name} must begin with https:// in production")
    if any(not origin.startswith("https://") for origin in config["CORS_ALLOWED_ORIGINS"]):
        raise ConfigError("CORS_ALLOWED_ORIGINS must begin with https:// in production")
    email = config["EMAIL_URL"]
    if email is None:
        raise ConfigError("EMAIL_URL is missing: codes and invoices go by mail")
    by_smtp = email["EMAIL_BACKEND"].endswith("smtp.EmailBackend")
    if (
        by_smtp
        and not (email.get("EMAIL_USE_SSL") or email.get("EMAIL_USE_TLS"))
        and not _is_local(email["EMAIL_HOST"])
    ):
        raise ConfigError("EMAIL_URL must use smtp+ssl:// or smtp+tls://; codes would travel in the clear")


def _is_local(host: str) -> bool:
    return host in {"localhost", "127.0.0.1", "::1"}


def _processes(config: Config) -> None:
    several = config["WEB_CONCURRENCY"] > 1 or config["REDIS_URL"]
    engine = (config["DATABASE_URL"] or {"ENGINE": "sqlite3"})["ENGINE"]
    if several and engine.endswith("sqlite3"):
        raise ConfigError("DATABASE_URL must be PostgreSQL where more than one process runs; SQLite has one writer")
    if config["WEB_CONCURRENCY"] > 1 and not config["REDIS_URL"]:
        raise ConfigError("REDIS_URL is missing: WEB_CONCURRENCY above 1 needs a shared cache and broker")


def _money(config: Config) -> None:
    if config["PAYMENT_SANDBOX"]:
        raise ConfigError("PAYMENT_SANDBOX must be off in production: it calls unpaid invoices paid")


def _staff(config: Config) -> None:
    if config["STAFF_MFA"] != "required":
        raise ConfigError("STAFF_MFA must be required in production: a password alone opens the admin without it")


def _metrics(config: Config) -> None:
    if config["METRICS_TOKEN"] and len(config["METRICS_TOKEN"]) < 32:
        raise ConfigError("METRICS_TOKEN is too short: 32 characters or more")
    if config["METRICS_TOKEN"] and config["WEB_CONCURRENCY"] > 1 and not config["METRICS_DIR"]:
        raise ConfigError("METRICS_DIR is missing: each of several web processes would tell only its own metrics")


def _buckets(config: Config) -> None:
    if config["AWS_PRIVATE_BUCKET_NAME"] and config["AWS_PRIVATE_BUCKET_NAME"] == config["AWS_STORAGE_BUCKET_NAME"]:
        raise ConfigError("AWS_PRIVATE_BUCKET_NAME must be another bucket than AWS_STORAGE_BUCKET_NAME")


PRODUCTION_RULES: tuple[Callable[[Config], None], ...] = (
    _debug,
    _required,
    _keys,
    _hosts,
    _tls,
    _processes,
    _money,
    _staff,
    _metrics,
    _buckets,
)
