"""Everything that is encrypted goes under a new key: found from the models, while people work, and nothing is lost."""

import ast
import io
import time
from collections import Counter

import pytest
from django.apps.registry import Apps
from django.core.management import call_command
from django.db import connection, models
from django.db.migrations import RunPython
from django.db.migrations.loader import MigrationLoader
from django.db.models import Value

from accounts.marks import MarkedTextField, open_marks
from accounts.mfa_totp import Authenticator, MfaAdapter, current_step
from accounts.models import BackupCode, Mail, TotpSetup
from accounts.services import mfa
from accounts.services.mail import queue_mail
from flashspace.base import ciphertext, crypto
from flashspace.base.ciphertext import CiphertextField, NotEncrypted
from flashspace.base.models import new_id
from flashspace.env.names import ROOT
from flashspace.management.commands.check_integrity import load_rules
from tests.accounts.phones_of_staff import Phone
from tests.factories.accounts import UserFactory
from tests.races import unguarded
from tests.test_architecture import CODE
from tests.together import together

NEW_KEY = "a-newer-key-of-the-test-profile-with-some-more-characters"


@pytest.fixture(autouse=True)
def _mails_stay(monkeypatch):
    monkeypatch.setattr("accounts.services.mail.wake", lambda mail: None)


def run(*options):
    out = io.StringIO()
    call_command("reencrypt_fields", *options, stdout=out, stderr=out)
    return out.getvalue()


def fill():
    """A row for every place: a confirmed second factor with its codes, one being set up, a mail that waits."""
    user = UserFactory()
    phone = Phone(mfa.begin_totp_setup(user=user, begun_by=user.pk).secret)
    confirmed = mfa.confirm_totp_setup(user=user, begun_by=user.pk, code=phone.code())
    mfa.begin_totp_setup(user=UserFactory(), begun_by=new_id())
    queue_mail(
        to=user.email,
        template="verify_email",
        context={"name": "Asha", "minutes": 10},
        secrets={"code": "482913", "link": "https://example.com/v?token=t"},
    )
    return user, confirmed


def under(*keys):
    """How much stands under each key, over all places."""
    return sum((ciphertext.count_by_key(place) for place in ciphertext.places()), Counter())


@pytest.fixture
def rotated(settings):
    def rotate():
        settings.FIELD_ENCRYPTION_KEYS = [NEW_KEY, *settings.FIELD_ENCRYPTION_KEYS]

    return rotate


@pytest.mark.django_db
def test_every_place_is_put_under_the_new_key_and_the_old_one_may_go(rotated, settings):
    user, codes = fill()
    places = {place.name for place in ciphertext.places()}
    assert places >= {
        "accounts.BackupCode.code_hash",
        "accounts.Mail.html",
        "accounts.Mail.text",
        "accounts.TotpSetup.secret",
        "mfa.Authenticator.data",
    }
    rotated()
    held = under()
    assert set(held) == {1}
    told = run("--dry-run")
    assert under() == held, "a dry run changes nothing"
    older = crypto.fingerprint(settings.FIELD_ENCRYPTION_KEYS[1])
    assert f"accounts.BackupCode.code_hash: 10 under an older key ({older})" in told
    told = run()
    assert "rows put under the newest key" in told
    assert under() == {0: held[1]}
    assert run().startswith("0 rows put under the newest key"), "a second run changes nothing"
    settings.FIELD_ENCRYPTION_KEYS = [NEW_KEY]
    assert [found for rule in load_rules() for found in rule.find().violations] == []
    mfa.verify_second_factor(user=user, code=codes[0])
    text = open_marks(Mail.objects.get(template="verify_email").text)
    assert "482913" in text
    assert "https://example.com/v?token=t" in text


@pytest.mark.django_db
def test_control_a_key_that_goes_too_early_is_noticed(rotated, settings):
    fill()
    rotated()
    settings.FIELD_ENCRYPTION_KEYS = [NEW_KEY]
    assert "I-A5" in {rule.id for rule in load_rules() if rule.find().violations}
    with pytest.raises(SystemExit):
        run()


@pytest.mark.django_db
def test_a_run_that_is_ended_goes_on_where_it_was(rotated, monkeypatch):
    fill()
    rotated()
    real, done = ciphertext._renew_row, []

    def ended(place, pk):
        if len(done) == 4:
            raise KeyboardInterrupt
        done.append(pk)
        return real(place, pk)

    monkeypatch.setattr(ciphertext, "_renew_row", ended)
    with pytest.raises(KeyboardInterrupt):
        run()
    assert under()[0] >= 4
    monkeypatch.setattr(ciphertext, "_renew_row", real)
    run()
    assert set(under()) == {0}


@pytest.mark.django_db
def test_batches_leave_nothing_out_and_tell_how_far_they_are(rotated, monkeypatch):
    monkeypatch.setattr(ciphertext, "BATCH", 3)
    fill()
    rotated()
    assert "accounts.BackupCode.code_hash: 9 looked at, 9 changed" in run()
    assert set(under()) == {0}


@pytest.mark.django_db
def test_what_no_key_opens_is_told_and_left_as_it_is(rotated, settings):
    fill()
    lost = settings.FIELD_ENCRYPTION_KEYS
    settings.FIELD_ENCRYPTION_KEYS = ["a-key-that-was-lost-since-of-32-characters"]
    shut = crypto.encrypt("secret")
    settings.FIELD_ENCRYPTION_KEYS = lost
    TotpSetup.objects.update(secret=shut)
    rotated()
    with pytest.raises(SystemExit):
        run()
    assert TotpSetup.objects.get().secret == shut
    assert set(under()) == {0, None}
    broken = {rule.id: rule.find().violations for rule in load_rules()}
    assert broken.pop("I-A5") == (f"accounts.TotpSetup.secret of {TotpSetup.objects.get().pk} is opened by no key",)
    assert not any(broken.values())


@pytest.mark.django_db
def test_words_that_look_like_a_secret_hold_nobody_up(rotated):
    """Somebody may call himself whatever he likes."""
    Mail.objects.create(
        to="a@example.com", template="test", subject="x", text="gAAAA" + "x" * 95, due_at="2026-01-01T00:00Z"
    )
    rotated()
    run()
    assert under() == {}


@pytest.mark.django_db
def test_plain_text_is_refused_where_ciphertext_belongs():
    user = UserFactory()
    with pytest.raises(NotEncrypted):
        BackupCode.objects.create(user=user, code_hash="0123456789", hint="89")
    with pytest.raises(NotEncrypted):
        TotpSetup.objects.update(secret="JBSWY3DPEHPK3PXP")


@pytest.mark.django_db(transaction=True)
def test_a_new_field_is_found_by_itself(rotated, monkeypatch):
    registry = Apps()

    class Connection(models.Model):
        refresh_token = CiphertextField(max_length=255)
        note = MarkedTextField(blank=True)
        plain = models.CharField(max_length=255)

        class Meta:
            app_label = "tests"
            apps = registry

    monkeypatch.setattr(ciphertext.apps, "get_models", lambda **_: [Connection])
    monkeypatch.setattr(ciphertext, "_declared", {})
    with connection.schema_editor() as editor:
        editor.create_model(Connection)
    try:
        row = Connection.objects.create(
            refresh_token=crypto.encrypt("of-teams"),
            note=f"see ⟦{crypto.encrypt('this')}⟧",
            plain=crypto.encrypt("kept by nobody who says so"),
        )
        rotated()
        run()
        fresh = Connection.objects.get(pk=row.pk)
        assert [place.column for place in ciphertext.places()] == ["note", "refresh_token"]
        assert crypto.opened_by(fresh.refresh_token) == 0
        assert open_marks(fresh.note) == "see this"
        assert set(ciphertext.count_by_key(ciphertext.places()[0])) == {0}
        assert crypto.opened_by(fresh.plain) == 1, "hence the test below"
    finally:
        with connection.schema_editor() as editor:
            editor.delete_model(Connection)


# What the release before wrote while the newer one was put up

BARE = "5f" * 32


def write_bare(user, code_hash=BARE):
    """Past the field, as code without it does. The key of one row."""
    pk = BackupCode.objects.filter(user=user).first().pk
    BackupCode.objects.filter(pk=pk).update(code_hash=Value(code_hash))
    return pk


def hash_of(pk):
    return BackupCode.objects.get(pk=pk).code_hash


@pytest.mark.django_db
def test_a_bare_hash_of_the_release_before_is_encrypted_and_says_that_it_needs_its_secret_key():
    user, _ = fill()
    pk = write_bare(user)
    assert "1 backup codes of the release before are not encrypted yet" in run("--dry-run")
    assert hash_of(pk) == BARE, "a dry run changes nothing"
    assert run().startswith("1 rows put under the newest key")
    assert crypto.decrypt(hash_of(pk)) == mfa.KEYED + BARE
    told = run()
    assert told.startswith("0 rows put under the newest key")
    assert "not encrypted" not in told


@pytest.mark.django_db
def test_a_bare_hash_that_changes_meanwhile_stays_as_it_was_changed(monkeypatch):
    user, _ = fill()
    pk = write_bare(user)
    other = "a0" * 32
    monkeypatch.setattr(mfa, "encrypt", lambda text: write_bare(user, other) and crypto.encrypt(text))
    assert mfa.encrypt_bare_hashes() == 0
    assert hash_of(pk) == other


@pytest.fixture
def migration():
    """The data step, and the models of its day."""
    key = ("accounts", "0017_encrypt_backup_codes")
    loader = MigrationLoader(connection)
    return loader.get_migration(*key), loader.project_state(key).apps


@pytest.mark.django_db
def test_the_data_step_encrypts_what_is_bare_and_may_begin_again(migration):
    user, _ = fill()
    pk = write_bare(user)
    (step,) = migration[0].operations
    newer = set(BackupCode.objects.exclude(pk=pk).values_list("code_hash", flat=True))
    step.code(migration[1], None)
    written = hash_of(pk)
    assert crypto.decrypt(written) == mfa.KEYED + BARE
    step.code(migration[1], None)
    assert hash_of(pk) == written
    assert set(BackupCode.objects.exclude(pk=pk).values_list("code_hash", flat=True)) == newer
    for _ in range(2):
        step.reverse_code(migration[1], None)
        assert list(BackupCode.objects.values_list("code_hash", flat=True)) == [BARE], (
            "what the release before can check"
        )


def test_no_lock_of_a_table_is_held_while_codes_are_encrypted():
    schema = MigrationLoader(None).get_migration("accounts", "0013_keys_that_may_be_rotated")
    data = MigrationLoader(None).get_migration("accounts", "0017_encrypt_backup_codes")
    assert not [operation for operation in schema.operations if isinstance(operation, RunPython)]
    assert [type(operation) for operation in data.operations] == [RunPython]
    assert not data.atomic


# Who may call `encrypt`, and where it goes: into a field of the two kinds, a declared one, or no column at all.
ENCRYPTING = {
    "accounts/marks.py": "a MarkedTextField",
    "accounts/mfa_totp.py": "a CiphertextField, and the JSON of allauth that is declared",
    "accounts/migrations/0017_encrypt_backup_codes.py": "a CiphertextField",
    "accounts/services/google_redirect.py": "a cookie of ten minutes",
    "accounts/services/mfa.py": "a CiphertextField",
}


def test_nobody_encrypts_past_the_fields():
    """Whoever adds a place names it here, and keeps it in a field that is found."""
    calling = {
        str(path)
        for path in CODE
        for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"encrypt", "crypto.encrypt"}
    }
    assert calling - set(ENCRYPTING) == set()


@pytest.mark.django_db
def test_fields_are_plain_columns_to_migrations():
    for field, kind in (
        (TotpSetup._meta.get_field("secret"), "CharField"),
        (Mail._meta.get_field("text"), "TextField"),
    ):
        assert field.deconstruct()[1] == f"django.db.models.{kind}"


# Somebody works meanwhile


def lose_a_step(user):
    """A code of the app is used while its row is put under the new key. Whether its step is forgotten."""
    place = next(place for place in ciphertext.places() if place.name == "mfa.Authenticator.data")
    totp = Authenticator.objects.get(user=user)
    Authenticator.objects.filter(pk=totp.pk).update(data={**totp.data, "last_step": 0})
    code = Phone(MfaAdapter().decrypt(totp.data["secret"])).code()
    acts = [lambda: ciphertext._renew_row(place, totp.pk), lambda: mfa._use_totp(user, code)]

    def act(number):
        with mfa.atomic():
            return acts[number]()

    together(2, act)
    return Authenticator.objects.get(pk=totp.pk).data["last_step"] < current_step() - 1


@pytest.fixture
def slow(monkeypatch):
    """Both take a moment between reading and writing."""
    rotate, matching = crypto.rotate, mfa.matching_step
    monkeypatch.setattr(crypto, "rotate", lambda token: time.sleep(0.02) or rotate(token))
    monkeypatch.setattr(mfa, "matching_step", lambda *args, **more: time.sleep(0.01) or matching(*args, **more))


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_what_changes_while_it_runs_is_not_lost(race_rounds, rotated, slow, settings):
    for _ in range(race_rounds):
        user, _ = fill()
        rotated()
        assert not lose_a_step(user)
        run()
        assert set(under()) == {0}


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_a_used_code_would_work_again(rotated, monkeypatch):
    rotate = crypto.rotate
    monkeypatch.setattr(crypto, "rotate", lambda token: time.sleep(0.3) or rotate(token))  # time for the other to write

    def attempt():
        user, _ = fill()
        rotated()
        with unguarded(ciphertext, mfa):
            return lose_a_step(user)

    assert any(attempt() for _ in range(10))
