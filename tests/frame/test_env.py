import json
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from flashspace import env
from flashspace.env.keys import development_keys
from flashspace.env.names import NAMES
from tests.live import manage


def load(tmp_path: Path, **source: str) -> env.Config:
    return env.load("development", {"DATA_DIR": str(tmp_path), **source})


def test_load_without_values_gives_what_development_needs(tmp_path: Path) -> None:
    config = load(tmp_path)
    assert config["PUBLIC_URL"] == config["FRONTEND_URL"] == "http://localhost:8000"
    assert config["JWT_EXPIRES_IN"] == timedelta(minutes=15)
    assert config["PAYMENT_SANDBOX"] is True
    assert all(len(config[name]) == 1 and len(config[name][0]) >= 50 for name in ("SECRET_KEY", "JWT_SECRET"))


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("DEBUG", "Yes", True),
        ("PORT", "5000", 5000),
        ("JWT_EXPIRES_IN", "2s", timedelta(seconds=2)),
        ("JWT_REFRESH_EXPIRES_IN", "7d", timedelta(days=7)),
        ("ALLOWED_HOSTS", "a.example, b.example,", ["a.example", "b.example"]),
        ("TRUSTED_PROXIES", "10.1.2.3/8,::1", ["10.0.0.0/8", "::1/128"]),
        ("CORS_ALLOWED_ORIGINS", "https://A.example/", ["https://a.example"]),
        ("FRONTEND_URL", "http://localhost:3000/app/", "http://localhost:3000/app"),
        ("SECRET_KEY", "new-key, old-key", ["new-key", "old-key"]),
        ("BOOKING_HOLD_MINUTES", "  ", 15),
    ],
)
def test_value_is_read_in_its_type(tmp_path: Path, name: str, raw: str, value: Any) -> None:
    assert load(tmp_path, **{name: raw})[name] == value


@pytest.mark.parametrize(
    ("name", "raw", "words"),
    [
        ("DEBUG", "maybe", "must be on or off"),
        ("PORT", "eighty", "must be a number from 1 to 65535"),
        ("PORT", "70000", "must be a number from 1 to 65535"),
        ("JWT_EXPIRES_IN", "900", "must be a duration"),
        ("JWT_EXPIRES_IN", "0m", "must be a duration"),
        ("PASSWORD_POLICY", "lax", "must be one of contract, strict"),
        ("PUBLIC_URL", "https://flashspace.ai/path", "must be an origin"),
        ("PUBLIC_URL", "flashspace.ai", "must be an address"),
        ("FRONTEND_URL", "https://user:word@flashspace.ai", "must be an address"),
        ("CORS_ALLOWED_ORIGINS", "*", "must be an address"),
        ("TRUSTED_PROXIES", "proxy.local", "must be addresses or networks"),
        ("TRUSTED_PROXIES", "0.0.0.0/0", "may not be everybody"),
        ("DATABASE_URL", "mysql://root:hunter2@localhost/flashspace", "must be postgresql://"),
        ("DATABASE_URL", "postgresql://localhost", "must be postgresql://"),
        ("REDIS_URL", "localhost:6379", "must be an address such as redis://"),
        ("EMAIL_URL", "mail.example.com", "must be smtp+ssl://"),
        ("EMAIL_URL", "smtp+ssl://", "must be smtp+ssl://"),
        ("GMAIL_USER", "me@gmail.com", "GMAIL_PASS is missing"),
        ("RAZORPAY_SECRET", "hunter2", "RAZORPAY_KEY_ID is missing"),
        ("TWILIO_AUTH_TOKEN", "hunter2", "TWILIO_ACCOUNT_SID is missing"),
        ("TWILIO_FROM_NUMBER", "+15005550006", "TWILIO_ACCOUNT_SID is missing"),
    ],
)
def test_value_that_cannot_be_read_is_named(tmp_path: Path, name: str, raw: str, words: str) -> None:
    with pytest.raises(env.ConfigError) as caught:
        load(tmp_path, **{name: raw})
    assert words in str(caught.value)
    assert name.partition("_")[0] in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("source", "name", "value"),
    [
        ({"SECRET": "x"}, "JWT_SECRET", ["x"]),
        ({"JWT_SECRET_KEY": "y"}, "JWT_SECRET", ["y"]),
        ({"JWT_SECRET": "z", "SECRET": "x"}, "JWT_SECRET", ["z"]),
    ],
)
def test_alias_of_a_document_is_read(tmp_path: Path, source: dict[str, str], name: str, value: Any) -> None:
    assert load(tmp_path, **source)[name] == value


def test_gmail_names_are_outgoing_mail_over_tls(tmp_path: Path) -> None:
    mail = load(tmp_path, GMAIL_USER="me@gmail.com", GMAIL_PASS="p@ss/word")["EMAIL_URL"]
    assert (mail["EMAIL_HOST"], mail["EMAIL_PORT"]) == ("smtp.gmail.com", 465)
    assert (mail["EMAIL_HOST_USER"], mail["EMAIL_HOST_PASSWORD"], mail["EMAIL_USE_SSL"]) == (
        "me@gmail.com",
        "p@ss/word",
        True,
    )


def test_sendgrid_key_is_outgoing_mail_over_tls(tmp_path: Path) -> None:
    mail = load(tmp_path, SENDGRID_API_KEY="SG.key")["EMAIL_URL"]
    assert (mail["EMAIL_HOST_USER"], mail["EMAIL_HOST_PASSWORD"], mail["EMAIL_USE_SSL"]) == ("apikey", "SG.key", True)


@pytest.mark.parametrize(
    ("word", "module"), [("production", "production"), ("development", "development"), ("test", "development")]
)
def test_node_env_chooses_the_profile(monkeypatch: pytest.MonkeyPatch, word: str, module: str) -> None:
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE")
    monkeypatch.delenv("ENVIRONMENT", raising=False)
    monkeypatch.setenv("NODE_ENV", word)
    assert env.settings_module() == f"flashspace.settings.{module}"


def test_django_settings_module_goes_before_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENVIRONMENT", "production")
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "flashspace.settings.development")
    assert env.settings_module() == "flashspace.settings.development"


def test_documented_names_without_use_are_one_notice() -> None:
    given = {"MONGODB_URI": "mongodb://x", "JWT_REFRESH_SECRET": "y", "PORT": "1"}
    assert env.notices(given) == ["not needed and ignored: MONGODB_URI, JWT_REFRESH_SECRET"]
    assert env.notices({"PORT": "1"}) == []


def test_the_notice_is_told_and_the_start_goes_on(tmp_path: Path) -> None:
    checked = manage("check", DATA_DIR=str(tmp_path), MONGODB_URI="mongodb://localhost:27017/flashspace")
    assert checked.returncode == 0
    assert checked.stderr.count("not needed and ignored: MONGODB_URI") == 1


def test_development_keys_are_made_once_and_only_for_their_owner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "exists", lambda self: False)  # each believes that it is the first
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: development_keys(tmp_path / "var"), range(16)))
    assert all(keys == made[0] for keys in made)
    assert len(set(made[0].values())) == 3
    files = list((tmp_path / "var").iterdir())
    assert [file.name for file in files] == ["keys.json"]
    assert stat.S_IMODE(files[0].stat().st_mode) == 0o600


@pytest.mark.parametrize("content", ["", "{", "[]", json.dumps({"SECRET_KEY": "x"})])
def test_damaged_key_file_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "keys.json").write_text(content)
    with pytest.raises(env.ConfigError, match=r"DATA_DIR holds a damaged key file: remove .*keys\.json"):
        development_keys(tmp_path)


def test_data_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(env.ConfigError, match="DATA_DIR cannot be used"):
        load(tmp_path, DATA_DIR=str(tmp_path / "file" / "var"))


@pytest.mark.parametrize(
    "door", [["manage.py", "check"], ["-m", "flashspace.wsgi"], ["-m", "flashspace.asgi"], ["-m", "flashspace.celery"]]
)
def test_every_door_ends_with_one_line_and_status_2(tmp_path: Path, door: list[str]) -> None:
    import subprocess
    import sys

    from tests.live import environment

    started = subprocess.run(
        [sys.executable, *door],
        env=environment(DATA_DIR=str(tmp_path), PORT="eighty"),
        cwd=env.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert started.returncode == 2
    assert started.stderr == "configuration: PORT must be a number from 1 to 65535 (it is 'eighty')\n"
    assert started.stdout == ""


@pytest.mark.parametrize("limits", ["5/15m", "flashspace.signin=0/15m", "flashspace.nothing=5/m"])
def test_limit_that_cannot_be_read_is_named(tmp_path: Path, limits: str) -> None:
    started = manage("check", DATA_DIR=str(tmp_path), RATE_LIMITS=limits)
    assert (started.returncode, started.stderr.count("\n")) == (2, 1)
    assert started.stderr.startswith("configuration: RATE_LIMITS ")


def test_every_name_has_one_row_and_words() -> None:
    names = [spelling for name in NAMES for spelling in (name.name, *name.aliases)]
    assert len(names) == len(set(names))
    assert all(name.help for name in NAMES)


def test_a_fresh_directory_is_enough_to_check(tmp_path: Path) -> None:
    checked = manage("check", DATA_DIR=str(tmp_path))
    assert (checked.returncode, checked.stderr) == (0, "")
