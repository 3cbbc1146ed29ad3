"""Production refuses to start on what must not run there."""

import json
from pathlib import Path
from typing import Any

import pytest

from flashspace import env
from flashspace.env import rules
from flashspace.env.rules import PRODUCTION_RULES
from tests.live import manage

GOOD = {
    "ENVIRONMENT": "production",
    "PUBLIC_URL": "https://flashspace.example",
    "SECRET_KEY": "q8Zr1Vw6nT3yKc0LxJ5mPb9HsD2fGe7AuXi4OtRvWzNqEjYkMl",
    "JWT_SECRET": "w2Xc7Rb5Lm9Vt4Kz1Qp8Hn3Jf6Ds0Ga8Uy",
    "FIELD_ENCRYPTION_KEYS": "t6Yh3Nj8Mk1Bv5Cx9Zl4Wq7Ea2Rs0Fd5Gp",
    "EMAIL_URL": "smtp+ssl://user:word@mail.example:465",
    "DATABASE_URL": "postgresql://flashspace:word@db.example/flashspace",
    "REDIS_URL": "redis://cache.example:6379/0",
}

BAD = [
    ("SECRET_KEY", {"SECRET_KEY": ""}, "SECRET_KEY is missing"),
    ("SECRET_KEY", {"SECRET_KEY": "q8Zr1Vw6nT3yKc0LxJ5mPb9HsD2fGe7AuXi4OtRvWzNqEjYk"}, "SECRET_KEY is too short"),
    ("SECRET_KEY", {"SECRET_KEY": f"{GOOD['SECRET_KEY']},short"}, "SECRET_KEY is too short"),
    ("SECRET_KEY", {"SECRET_KEY": "django-insecure-q8Zr1Vw6nT3yKc0LxJ5mPb9HsD2fGe7Au0"}, "SECRET_KEY is easy to guess"),
    ("SECRET_KEY", {"SECRET_KEY": "abab" * 20}, "SECRET_KEY is easy to guess"),
    ("JWT_SECRET", {"JWT_SECRET": "super_secure_production_secret"}, "JWT_SECRET is too short"),
    ("JWT_SECRET", {"JWT_SECRET": "your_secure_jwt_secret_of_enough_length_1234567890"}, "JWT_SECRET is easy to guess"),
    ("JWT_SECRET", {"JWT_SECRET": GOOD["SECRET_KEY"]}, "JWT_SECRET is the same as SECRET_KEY"),
    (
        "FIELD_ENCRYPTION_KEYS",
        {"FIELD_ENCRYPTION_KEYS": GOOD["JWT_SECRET"]},
        "FIELD_ENCRYPTION_KEYS is the same as JWT_SECRET",
    ),
    ("DEBUG", {"DEBUG": "on"}, "DEBUG must be off"),
    ("ALLOWED_HOSTS", {"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS must name the hosts"),
    ("PUBLIC_URL", {"PUBLIC_URL": ""}, "PUBLIC_URL is missing"),
    ("PUBLIC_URL", {"PUBLIC_URL": "http://flashspace.example"}, "PUBLIC_URL must begin with https://"),
    ("FRONTEND_URL", {"FRONTEND_URL": "http://app.example"}, "FRONTEND_URL must begin with https://"),
    ("CORS_ALLOWED_ORIGINS", {"CORS_ALLOWED_ORIGINS": "http://app.example"}, "CORS_ALLOWED_ORIGINS must begin"),
    ("TRUSTED_PROXIES", {"TRUSTED_PROXIES": "::/0"}, "TRUSTED_PROXIES may not be everybody"),
    ("EMAIL_URL", {"EMAIL_URL": ""}, "EMAIL_URL is missing"),
    ("EMAIL_URL", {"EMAIL_URL": "smtp://user:word@mail.example:25"}, "EMAIL_URL must use smtp+ssl://"),
    ("DATABASE_URL", {"DATABASE_URL": ""}, "DATABASE_URL must be PostgreSQL"),
    (
        "DATABASE_URL",
        {"DATABASE_URL": "sqlite:////tmp/x", "REDIS_URL": "", "WEB_CONCURRENCY": "2"},
        "DATABASE_URL must be",
    ),
    ("REDIS_URL", {"REDIS_URL": "", "WEB_CONCURRENCY": "2"}, "REDIS_URL is missing"),
    ("PAYMENT_SANDBOX", {"PAYMENT_SANDBOX": "on"}, "PAYMENT_SANDBOX must be off"),
    ("STAFF_MFA", {"STAFF_MFA": "optional"}, "STAFF_MFA must be required"),
    ("METRICS_TOKEN", {"METRICS_TOKEN": "short"}, "METRICS_TOKEN is too short"),
    (
        "AWS_PRIVATE_BUCKET_NAME",
        {"AWS_STORAGE_BUCKET_NAME": "files", "AWS_PRIVATE_BUCKET_NAME": "files"},
        "AWS_PRIVATE_BUCKET_NAME must be another bucket",
    ),
    ("AWS_PRIVATE_BUCKET_NAME", {"AWS_STORAGE_BUCKET_NAME": "files"}, "AWS_PRIVATE_BUCKET_NAME is missing"),
]


@pytest.mark.parametrize(("name", "change", "words"), BAD, ids=[f"{row[0]}-{row[2].split(' ', 1)[1]}" for row in BAD])
def test_bad_configuration_ends_the_start_and_is_named(
    tmp_path: Path, name: str, change: dict[str, str], words: str
) -> None:
    started = manage("check", **{**GOOD, "DATA_DIR": str(tmp_path), **change})
    assert started.returncode == 2
    assert started.stderr.startswith(f"configuration: {words}")
    assert started.stderr.count("\n") == 1
    assert not any(
        value and value in started.stderr for key, value in change.items() if "SECRET" in key or "KEYS" in key
    )
    assert list(tmp_path.iterdir()) == []  # production makes no keys for itself


@pytest.mark.parametrize("rule", PRODUCTION_RULES, ids=lambda rule: rule.__name__.strip("_"))
def test_without_a_rule_some_bad_configuration_would_not_be_named(rule: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each rule is shown to hold something: what it alone refuses starts, or breaks without a word, without it."""
    monkeypatch.setattr(rules, "PRODUCTION_RULES", tuple(one for one in PRODUCTION_RULES if one is not rule))
    assert [name for name, change, _ in BAD if not _is_named({**GOOD, **change})] != []


def _is_named(source: dict[str, str]) -> bool:
    try:
        env.load("production", source)
    except env.ConfigError:
        return True
    except (AttributeError, TypeError):
        return False
    return False


def test_good_configuration_passes_djangos_deployment_check(tmp_path: Path) -> None:
    checked = manage("check", "--deploy", "--fail-level", "WARNING", **{**GOOD, "DATA_DIR": str(tmp_path)})
    assert (checked.returncode, checked.stderr) == (0, "")


def test_one_process_may_run_on_sqlite_without_redis(tmp_path: Path) -> None:
    alone = {**GOOD, "DATABASE_URL": "", "REDIS_URL": "", "DATA_DIR": str(tmp_path)}
    assert env.load("production", alone)["PASSWORD_POLICY"] == "strict"


def test_two_keys_may_live_at_once_during_a_rotation() -> None:
    older = "z" + GOOD["SECRET_KEY"][1:]
    assert env.load("production", {**GOOD, "SECRET_KEY": f"{GOOD['SECRET_KEY']},{older}"})["SECRET_KEY"][1] == older


# Stands for the library, which only the image has: asks the hook about one event, as before sending it.
SENTRY = """
import json, os
def init(*, before_send, **options):
    event = {"request": {"url": "https://x.example/a/token/s3cret/b"}, "exception": {"values": [{"value": "otp=1"}]}}
    with open(os.environ["REPORT"], "w") as report:
        json.dump([before_send(event, {}), options], report)
"""


def test_sentry_is_told_no_secret(tmp_path: Path) -> None:
    (tmp_path / "sentry_sdk.py").write_text(SENTRY)
    report, dsn = tmp_path / "report", "https://key@sentry.example/1"
    own = {"DATA_DIR": str(tmp_path / "data"), "PYTHONPATH": str(tmp_path), "REPORT": str(report), "SENTRY_DSN": dsn}
    checked = manage("check", **{**GOOD, **own})
    assert (checked.returncode, checked.stderr) == (0, "")
    event = {"request": {"url": "https://x.example/a/token/***"}, "exception": {"values": [{"value": "otp=***"}]}}
    options = {"dsn": dsn, "send_default_pii": False, "include_local_variables": False}
    assert json.loads(report.read_text()) == [event, options]
