"""Keys are made, kept as long as something needs them, and taken away: by a command, in the environment's own file."""

import io
import stat
from datetime import timedelta

import jwt
import pytest
from django.conf import settings as conf
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.db.models import Value

from accounts.models import AuditEntry, AuditSeal, BackupCode, Invitation, Session
from accounts.selectors.keys import RESTARTED, keys_of, needs_of_older_keys
from accounts.services import mfa
from accounts.services.audit_seals import seal_audit
from flashspace.base import crypto
from flashspace.base.clock import now
from flashspace.base.models import new_id
from flashspace.env.key_file import read_keys
from tests.accounts.api import Caller
from tests.accounts.phones_of_staff import enrol
from tests.factories.accounts import UserFactory, sign_in_as
from tests.factories.organizations import make_organization, owner_of

pytestmark = pytest.mark.django_db

REST = "PORT=8000\n# JWT_SECRET=a comment\nDEBUG=off"


@pytest.fixture
def file(tmp_path):
    """As an operator has it: the keys that run, among other lines."""
    path = tmp_path / ".env"
    lines = [f"{name}={','.join(keys_of(name))}" for name in ("SECRET_KEY", "JWT_SECRET", "FIELD_ENCRYPTION_KEYS")]
    path.write_text("\n".join([REST, *lines, "LOG_LEVEL=info\n"]))
    path.chmod(0o644)
    return path


@pytest.fixture
def restart(settings, file):
    """Every process reads the file anew."""

    def restarted():
        settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS = read_keys(file, "SECRET_KEY")
        settings.JWT_KEYS = read_keys(file, "JWT_SECRET")
        settings.FIELD_ENCRYPTION_KEYS = read_keys(file, "FIELD_ENCRYPTION_KEYS")

    return restarted


def rotate(*arguments):
    out = io.StringIO()
    call_command("rotate_keys", *arguments, stdout=out)
    return out.getvalue()


def profile(token):
    return Caller(token=token).get("/api/auth/profile").status_code


def kid(token):
    return jwt.get_unverified_header(token)["kid"]


# Signing keys


def test_tokens_from_before_live_on_new_ones_have_the_new_key_and_a_retired_one_is_refused(file, restart, time_machine):
    time_machine.move_to("2026-01-05T10:00:00Z", tick=False)
    user = UserFactory()
    before = sign_in_as(user)
    rotate("JWT_SECRET", "--write", str(file))
    restart()
    after = sign_in_as(user)
    assert kid(before.tokens.access) != kid(after.tokens.access)
    assert [profile(one.tokens.access) for one in (before, after)] == [200, 200]
    refreshed = Caller().post("/api/auth/refresh-token", {"refreshToken": before.tokens.refresh}).json()["accessToken"]
    assert kid(refreshed) == kid(after.tokens.access)

    with pytest.raises(CommandError, match="still needed for 1 sessions with tokens of it, the last until 2026-01-12"):
        rotate("JWT_SECRET", "--retire", "--write", str(file))
    restart()
    assert profile(before.tokens.access) == 200
    time_machine.shift(timedelta(days=7, seconds=1))
    later = sign_in_as(user)
    rotate("JWT_SECRET", "--retire", "--write", str(file))
    restart()
    assert len(conf.JWT_KEYS) == 1
    assert profile(later.tokens.access) == 200
    time_machine.move_to("2026-01-05T10:01:00Z", tick=False)
    assert [profile(one.tokens.access) for one in (before, after)] == [401, 200], "the retired kid, though in its time"


def test_a_session_whose_tokens_were_made_anew_needs_the_old_key_no_more(file, restart, settings):
    settings.JWT_ROTATE_REFRESH = True
    opened = sign_in_as(UserFactory())
    rotate("JWT_SECRET", "--write", str(file))
    restart()
    assert needs_of_older_keys("JWT_SECRET")
    Caller().post("/api/auth/refresh-token", {"refreshToken": opened.tokens.refresh})
    assert needs_of_older_keys("JWT_SECRET") == []


def test_a_key_that_leaked_goes_at_once_and_everybody_signs_in_again(file, restart):
    opened = sign_in_as(UserFactory())
    rotate("JWT_SECRET", "--write", str(file))
    restart()
    rotate("JWT_SECRET", "--retire", "--anyway", "--write", str(file))
    restart()
    assert profile(opened.tokens.access) == 401
    assert Session.objects.get().ended_at is None, "only its tokens are worth nothing"


def insert_again(session, *, leaving_out):
    """As a process does whose code does not know that column."""
    columns = [field.column for field in Session._meta.concrete_fields if field.column not in {"id", leaving_out}]
    named = ", ".join(columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO accounts_session (id, {named}) SELECT %s, {named} FROM accounts_session WHERE id = %s",
            [Session._meta.pk.get_db_prep_value(pk, connection) for pk in (new_id(), session.pk)],
        )


def test_the_release_before_goes_on_opening_sessions_while_the_database_is_migrated():
    opened = Session.objects.get(user=sign_in_as(UserFactory()).user)
    insert_again(opened, leaving_out="signed_by")
    assert Session.objects.exclude(pk=opened.pk).get().signed_by == ""


def test_control_a_column_without_a_default_would_stop_it():
    opened = Session.objects.get(user=sign_in_as(UserFactory()).user)
    with pytest.raises(IntegrityError):
        insert_again(opened, leaving_out="dialect")


# The secret key


def seal():
    seal_audit(at=now())


def test_an_old_secret_key_stays_while_a_hash_of_its_time_lives(file, restart, time_machine):
    time_machine.move_to("2026-01-05T10:00:00Z", tick=False)
    acme = make_organization()
    opened = sign_in_as(owner_of(acme))
    Invitation.objects.create(
        organization=acme,
        email="b@example.com",
        role_id=2,
        inviter=owner_of(acme),
        token_hash="a" * 64,
        expires_at=now() + timedelta(days=7),
    )
    Caller().post("/api/auth/forgot-password", {"email": opened.user.email})
    seal()
    rotate("SECRET_KEY", "--write", str(file))
    restart()
    assert needs_of_older_keys("SECRET_KEY") == [
        "the last seal of the audit log is not by the newest key: restart every process, then run seal_audit"
    ]
    seal()
    needs = needs_of_older_keys("SECRET_KEY")
    assert [line.split(",")[0] for line in needs] == ["1 sessions", "1 invitations", "1 links and half sign-ins"]
    with pytest.raises(CommandError, match="still needed for 1 sessions"):
        rotate("SECRET_KEY", "--retire")
    assert Caller().post("/api/auth/refresh-token", {"refreshToken": opened.tokens.refresh}).status_code == 200
    time_machine.shift(timedelta(minutes=31))
    assert len(needs_of_older_keys("SECRET_KEY")) == 2
    time_machine.shift(timedelta(days=7))
    sign_in_as(opened.user)
    assert needs_of_older_keys("SECRET_KEY") == []
    rotate("SECRET_KEY", "--retire", "--write", str(file))
    restart()
    assert conf.SECRET_KEY_FALLBACKS == []


def test_what_begins_after_every_process_was_restarted_needs_the_new_key_only(file, restart, settings, time_machine):
    time_machine.move_to("2026-01-05T10:00:00Z", tick=False)
    rotate("SECRET_KEY", "--write", str(file))
    restart()
    seal()
    time_machine.shift(RESTARTED)
    sign_in_as(UserFactory())
    assert needs_of_older_keys("SECRET_KEY") == []
    AuditEntry.objects.create(at=now(), action="x", target_type="x", target_id="x")
    newest, older = settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = older[0], []  # a worker that nobody restarted
    seal()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = newest, older
    assert AuditSeal.objects.count() == 2
    assert "restart every process" in needs_of_older_keys("SECRET_KEY")[0]


def test_backup_codes_of_the_first_release_are_named_and_newer_ones_are_not(file, restart):
    user = UserFactory()
    enrol(user)
    rotate("SECRET_KEY", "--write", str(file))
    restart()
    seal()
    assert not [line for line in needs_of_older_keys("SECRET_KEY") if "backup" in line]
    for old in (crypto.encrypt(f"{mfa.KEYED}{'a' * 64}"), "a" * 64):  # the second: as that release still writes it
        BackupCode.objects.filter(user=user).update(code_hash=Value(old))
        (line,) = [line for line in needs_of_older_keys("SECRET_KEY") if "backup" in line]
        assert line.startswith("backup codes of 1 people")


# Keys of fields


def test_an_old_key_of_fields_stays_until_nothing_stands_under_it_whatever_is_said(file, restart):
    user = UserFactory()
    phone, _ = enrol(user)
    rotate("FIELD_ENCRYPTION_KEYS", "--write", str(file))
    restart()
    for options in ([], ["--anyway"]):
        with pytest.raises(CommandError, match=r"1 values of mfa\.Authenticator\.data: run reencrypt_fields"):
            rotate("FIELD_ENCRYPTION_KEYS", "--retire", *options, "--write", str(file))
    call_command("reencrypt_fields", stdout=io.StringIO())
    rotate("FIELD_ENCRYPTION_KEYS", "--retire", "--write", str(file))
    restart()
    assert len(conf.FIELD_ENCRYPTION_KEYS) == 1
    mfa.verify_second_factor(user=user, code=phone.code())


# The command


def test_the_file_keeps_its_other_lines_and_is_nobody_elses(file):
    before = file.read_text()
    old = conf.JWT_KEYS[0]
    rotate("JWT_SECRET", "--write", str(file))
    newest, second = read_keys(file, "JWT_SECRET")
    assert second == old
    assert file.read_text() == before.replace(f"\nJWT_SECRET={old}", f"\nJWT_SECRET={newest},{old}")
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert list(file.parent.iterdir()) == [file], "no draft is left behind"


@pytest.mark.parametrize("named", ["JWT_SECRET", "JWT_SECRET_KEY"])
@pytest.mark.parametrize("line", ["", "JWT_SECRET=\n"])
def test_a_file_that_does_not_name_what_the_environment_does_is_not_the_one(file, monkeypatch, named, line):
    text = "".join(one for one in file.read_text().splitlines(keepends=True) if not one.startswith("JWT_SECRET="))
    file.write_text(text + line)
    monkeypatch.setenv(named, conf.JWT_KEYS[0])
    for options in (["JWT_SECRET"], ["all"], ["JWT_SECRET", "--dry-run"]):
        with pytest.raises(CommandError, match=rf"does not name JWT_SECRET, and this process has {named} in its"):
            rotate(*options, "--write", str(file))
    assert file.read_text() == text + line, "not the other two either"
    assert not AuditEntry.objects.exists()
    monkeypatch.setenv(named, " ")
    rotate("JWT_SECRET", "--write", str(file))
    assert read_keys(file, "JWT_SECRET")[1:] == conf.JWT_KEYS


def test_a_second_run_changes_nothing_and_says_why(file, restart):
    rotate("all", "--write", str(file))
    written = file.read_text()
    with pytest.raises(CommandError, match="restart with it"):
        rotate("all", "--write", str(file))  # this process still has the old keys
    restart()
    with pytest.raises(CommandError, match="take that away with --retire first"):
        rotate("all", "--write", str(file))
    assert file.read_text() == written


@pytest.mark.parametrize("options", [["JWT_SECRET"], ["all"]])
def test_a_dry_run_changes_nothing(file, options):
    written = file.read_text()
    assert "would have 2 keys instead of 1; nothing changed" in rotate(*options, "--dry-run", "--write", str(file))
    assert file.read_text() == written
    assert not AuditEntry.objects.exists()


def test_without_a_file_the_new_line_is_shown(settings):
    line = rotate("JWT_SECRET").splitlines()[0]
    name, _, keys = line.partition("=")
    assert (name, keys.split(",")[1:]) == ("JWT_SECRET", settings.JWT_KEYS)
    assert len(keys.split(",")[0]) == 64


def test_it_tells_how_keys_stand_by_name_and_never_shows_one(file, restart):
    sign_in_as(UserFactory())
    rotate("JWT_SECRET", "--write", str(file))
    restart()
    told = rotate()
    newest, older = (crypto.fingerprint(key) for key in conf.JWT_KEYS)
    assert f"JWT_SECRET: {newest}, older {older}\n  still needed for 1 sessions with tokens of it" in told
    assert not [
        key for name in ("SECRET_KEY", "JWT_SECRET", "FIELD_ENCRYPTION_KEYS") for key in keys_of(name) if key in told
    ]


def test_the_audit_log_hears_of_it_by_fingerprints(file, restart):
    old = conf.JWT_KEYS[0]
    rotate("JWT_SECRET", "--write", str(file))
    restart()
    rotate("JWT_SECRET", "--retire", "--write", str(file))
    rotated, retired = AuditEntry.objects.order_by("id")
    assert (rotated.action, retired.action) == ("keys.rotated", "keys.retired")
    assert (rotated.target_type, rotated.target_id) == ("server", "JWT_SECRET")
    assert rotated.after == {"fingerprints": [crypto.fingerprint(conf.JWT_KEYS[0]), crypto.fingerprint(old)]}
    assert retired.after == {"fingerprints": [crypto.fingerprint(conf.JWT_KEYS[0])]}
    assert old not in str(list(AuditEntry.objects.values()))


def test_what_cannot_be_written_is_not_told(tmp_path):
    with pytest.raises(CommandError, match="cannot be"):
        rotate("JWT_SECRET", "--write", str(tmp_path / "nowhere" / ".env"))
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["JWT_KEY"], "known are SECRET_KEY"),
        (["JWT_SECRET", "--retire"], "one key only"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments, words):
    with pytest.raises(CommandError, match=words):
        rotate(*arguments)
