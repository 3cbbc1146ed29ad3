"""Readers of one value each. They raise ValueError with the words that follow the name in the error line."""

import ipaddress
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ

Parser = Callable[[str], Any]

TRUE = {"1", "on", "true", "yes"}
FALSE = {"0", "off", "false", "no"}
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
DURATION = re.compile(r"(\d{1,6})\s*([smhd])")
DATABASES = {"postgres", "postgresql", "psql", "pgsql", "sqlite"}


def text(value: str) -> str:
    return value


def flag(value: str) -> bool:
    if value.lower() in TRUE:
        return True
    if value.lower() in FALSE:
        return False
    raise ValueError("must be on or off")


def number(low: int, high: int) -> Parser:
    def parse(value: str) -> int:
        if not value.isdecimal() or not low <= int(value) <= high:
            raise ValueError(f"must be a number from {low} to {high}")
        return int(value)

    return parse


def choice(*words: str) -> Parser:
    def parse(value: str) -> str:
        if value.lower() not in words:
            raise ValueError(f"must be one of {', '.join(words)}")
        return value.lower()

    return parse


def duration(value: str) -> timedelta:
    """`2s`, `15m`, `12h`, `7d`."""
    match = DURATION.fullmatch(value)
    if match is None or int(match[1]) == 0:
        raise ValueError("must be a duration such as 2s, 15m, 12h or 7d")
    return timedelta(seconds=int(match[1]) * SECONDS[match[2]])


def words(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]


def url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.password:
        raise ValueError("must be an address such as https://example.com")
    parts.port  # noqa: B018  raises ValueError when it is no number
    return value.rstrip("/")


def origin(value: str) -> str:
    """Scheme, host and port only: what a browser sends as Origin."""
    address = url(value)
    parts = urlsplit(address)
    if parts.path or parts.query or parts.fragment:
        raise ValueError("must be an origin such as https://example.com, without a path")
    return address.lower()


def origins(value: str) -> list[str]:
    return [origin(part) for part in words(value)]


def networks(value: str) -> list[str]:
    try:
        return [str(ipaddress.ip_network(part, strict=False)) for part in words(value)]
    except ValueError:
        raise ValueError("must be addresses or networks such as 10.0.0.0/8, separated by commas") from None


def directory(value: str) -> Path:
    return Path(value).expanduser().absolute()


def database(value: str) -> dict[str, Any]:
    wrong = ValueError("must be postgresql://user:password@host:5432/name or sqlite:///path")
    try:
        config: dict[str, Any] = environ.Env.db_url_config(value)
    except Exception:  # noqa: BLE001  it raises many kinds, and its messages repeat the password
        raise wrong from None
    if urlsplit(value).scheme not in DATABASES or not config.get("NAME"):
        raise wrong
    return config


def redis(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"redis", "rediss", "unix"} or not (parts.hostname or parts.path):
        raise ValueError("must be an address such as redis://127.0.0.1:6379/0")
    return value


def mail(value: str) -> dict[str, Any]:
    wrong = ValueError(
        "must be smtp+ssl://user:password@host:465, smtp+tls://…:587, filemail:///path or consolemail://"
    )
    try:
        config: dict[str, Any] = environ.Env.email_url_config(value)
    except Exception:  # noqa: BLE001  as above
        raise wrong from None
    if config.get("EMAIL_BACKEND", "").endswith("smtp.EmailBackend") and not config.get("EMAIL_HOST"):
        raise wrong
    return config
