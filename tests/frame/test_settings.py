import time
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.hashers import check_password, get_hasher, make_password
from django.core import mail
from django.core.cache.backends.base import BaseCache
from django.core.mail import EmailMessage
from django.db import connection
from django.test import override_settings
from django.utils.module_loading import import_string

from flashspace.base.cache import CacheDown
from flashspace.celery import app
from flashspace.settings.topics.caches import caches
from flashspace.settings.topics.database import database
from flashspace.settings.topics.sms import sms_sender
from flashspace.settings.topics.storages import storages
from flashspace.settings.topics.tasks import VISIBILITY_SECONDS, broker

NO_ENV: dict[str, Any] = {"REDIS_URL": None, "AWS_STORAGE_BUCKET_NAME": None}


@pytest.mark.embedded
@pytest.mark.django_db
@pytest.mark.skipif("connection.vendor != 'sqlite'")
def test_sqlite_writes_ahead_and_keeps_foreign_keys() -> None:
    with connection.cursor() as cursor:
        found = {
            name: cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "foreign_keys", "synchronous")
        }
    assert found == {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 1}
    assert settings.DATABASES["default"]["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


@pytest.mark.postgres
@pytest.mark.django_db
@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_postgresql_gives_up_in_time_and_compiles_nothing() -> None:
    wanted = {
        "statement_timeout": "15s",
        "lock_timeout": "3s",
        "idle_in_transaction_session_timeout": "30s",
        "jit": "off",
    }
    found = {}
    with connection.cursor() as cursor:
        for name in wanted:
            cursor.execute(f"SHOW {name}")
            found[name] = cursor.fetchone()[0]
    assert found == wanted


def test_postgresql_keeps_connections_and_what_the_address_says() -> None:
    url = {
        "ENGINE": "flashspace.base.postgresql",
        "NAME": "x",
        "OPTIONS": {"sslmode": "require", "options": "-c a=b"},
    }
    made = database({"DATABASE_URL": url})
    assert (made["CONN_MAX_AGE"], made["CONN_HEALTH_CHECKS"]) == (600, True)
    assert (made["OPTIONS"]["sslmode"], made["OPTIONS"]["connect_timeout"]) == ("require", 3)
    assert made["OPTIONS"]["options"].endswith("-c a=b")


def test_dead_redis_is_given_up_at_once() -> None:
    made = caches({"REDIS_URL": "redis://192.0.2.1:6379/0"})["default"]
    backend: BaseCache = import_string(made["BACKEND"])(made["LOCATION"], made)
    began = time.monotonic()
    with pytest.raises(CacheDown):
        backend.get("x")
    assert time.monotonic() - began < 1


def test_broker_waits_longer_than_the_longest_task() -> None:
    url, options = broker({"REDIS_URL": "redis://cache.example:6379/0"})
    assert url == "redis://cache.example:6379/0"
    assert options["visibility_timeout"] == VISIBILITY_SECONDS > settings.CELERY_TASK_TIME_LIMIT
    assert broker(NO_ENV)[0].startswith("memory://")


def test_tasks_are_json_only_and_acknowledged_when_done() -> None:
    conf = app.conf
    assert (conf.accept_content, conf.task_serializer, conf.result_backend) == (["json"], "json", None)
    assert (conf.task_acks_late, conf.task_reject_on_worker_lost, conf.worker_prefetch_multiplier) == (True, True, 1)


def test_beat_names_tasks_that_exist() -> None:
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= set(app.tasks)


def test_s3_keeps_private_files_signed_and_apart() -> None:
    aws = {
        "AWS_STORAGE_BUCKET_NAME": "public",
        "AWS_PRIVATE_BUCKET_NAME": "private",
        "AWS_ACCESS_KEY_ID": "id",
        "AWS_SECRET_ACCESS_KEY": "key",
        "AWS_S3_REGION_NAME": "ap-south-1",
        "AWS_S3_ENDPOINT_URL": None,
    }
    made = storages(aws)
    public, private = made["default"]["OPTIONS"], made["private"]["OPTIONS"]
    assert (public["bucket_name"], public["querystring_auth"]) == ("public", False)
    assert (private["bucket_name"], private["querystring_auth"], private["querystring_expire"]) == (
        "private",
        True,
        300,
    )
    assert {public["file_overwrite"], private["file_overwrite"]} == {False}


@override_settings(
    PASSWORD_HASHERS=["flashspace.base.hashers.Argon2Hasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
)
def test_passwords_are_argon2id_with_19_mib_and_old_ones_move_on_at_sign_in() -> None:
    assert make_password("x").startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    old = make_password("x", hasher="pbkdf2_sha256")
    moved: list[str] = []
    assert check_password("x", old, setter=moved.append)
    assert moved == ["x"]
    assert get_hasher().algorithm == "argon2"


def test_development_mail_is_a_file_for_its_owner(tmp_path: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "flashspace.mailbox")
    with override_settings(EMAIL_FILE_PATH=tmp_path / "mail"):
        connection_ = mail.get_connection("flashspace.mailbox.EmailBackend")
        sent = connection_.send_messages([EmailMessage("Your code", "123456", to=["a@b.example"])])
    (file,) = (tmp_path / "mail").iterdir()
    assert (sent, file.suffix, file.stat().st_mode & 0o777) == (1, ".eml", 0o600)
    assert "Subject: Your code" in file.read_text()
    assert "a@b.example" in caplog.text
    assert "123456" not in caplog.text


def test_apps_stand_in_import_order() -> None:
    ours = [config.name for config in apps.get_app_configs() if config.name in settings.INSTALLED_APPS[-6:]]
    assert ours == ["accounts", "billing", "listings", "bookings", "consultants", "support"]


def test_no_cookie_of_staff_reaches_a_script() -> None:
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.CSRF_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_AGE == 9 * 3600
    assert settings.SESSION_COOKIE_SAMESITE == settings.CSRF_COOKIE_SAMESITE == "Strict"


@pytest.mark.parametrize(
    ("environment", "sid", "sender"),
    [
        ("production", None, ""),
        ("production", "AC1", "accounts.sms_senders.Twilio"),
        ("development", None, "accounts.sms_senders.SmsMailbox"),
        ("development", "AC1", "accounts.sms_senders.Twilio"),
    ],
)
def test_sms_go_to_twilio_or_to_a_file_and_in_production_to_no_file(environment: str, sid: str, sender: str) -> None:
    assert sms_sender({"ENVIRONMENT": environment, "TWILIO_ACCOUNT_SID": sid}) == sender
    assert not sender or hasattr(import_string(sender), "find")
