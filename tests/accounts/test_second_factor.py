"""Codes of an app and backup codes: what works, once, and what is told of it."""

import base64
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Value

from accounts.exceptions import (
    EmailNotVerified,
    OwnAccount,
    SecondFactorMissing,
    SecondFactorRequired,
    SecondFactorThere,
    SecondFactorWrong,
    SetupOver,
    StaffOnly,
)
from accounts.mfa_totp import Authenticator, code_of_step
from accounts.models import AuditEntry, BackupCode, Mail, Session, TotpSetup
from accounts.selectors.mfa import has_second_factor, needs_second_factor, second_factor_of
from accounts.services import mfa
from accounts.services.purge import purge_expired
from flashspace.base import ciphertext, crypto
from flashspace.base.clock import now
from flashspace.base.errors import RateLimited
from flashspace.base.models import new_id
from tests.accounts.api import mails_to
from tests.accounts.phones_of_staff import Phone, enrol
from tests.factories.accounts import StaffFactory, UserFactory, sign_in_as

pytestmark = pytest.mark.django_db

FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to("2026-11-21T10:00:05Z", tick=False)
    return time_machine


@pytest.fixture
def user():
    return UserFactory(email="asha@example.com")


def is_right(user, code):
    try:
        mfa.verify_second_factor(user=user, code=code)
    except SecondFactorWrong:
        return False
    return True


def told(user):
    return list(AuditEntry.objects.filter(target_id=user.pk).order_by("at", "id").values_list("action", flat=True))


@pytest.mark.parametrize(("at", "code"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")])
def test_codes_are_those_of_the_standard(at, code):
    assert code_of_step(base64.b32encode(b"12345678901234567890").decode(), at // 30) == code


# Setting up


def test_a_setup_shows_key_address_and_picture_and_opens_nothing_yet(user):
    offer = mfa.begin_totp_setup(user=user, begun_by=user.pk)
    assert offer.address == f"otpauth://totp/asha%40example.com?secret={offer.secret}&issuer=FlashSpace"
    assert base64.b64decode(offer.qr.removeprefix("data:image/svg+xml;base64,")).startswith(b"<?xml")
    assert not has_second_factor(user)
    with pytest.raises(SecondFactorMissing):
        mfa.verify_second_factor(user=user, code=Phone(offer.secret).code())


def test_a_setup_asked_for_again_is_the_same_until_it_is_over(user, clock):
    first = mfa.begin_totp_setup(user=user, begun_by=user.pk)
    clock.shift(899)
    mine = {"user": user, "begun_by": user.pk}
    assert mfa.begin_totp_setup(**mine) == mfa.open_totp_setup(**mine) == first
    clock.shift(1)
    with pytest.raises(SetupOver):
        mfa.open_totp_setup(user=user, begun_by=user.pk)
    with pytest.raises(SetupOver):
        mfa.confirm_totp_setup(user=user, begun_by=user.pk, code=Phone(first.secret).code())
    assert mfa.begin_totp_setup(user=user, begun_by=user.pk).secret != first.secret


def test_the_secret_belongs_to_the_sign_in_that_began_it():
    """Whoever knew the password and began one must not hold the key of what the owner sets up afterwards."""
    user = UserFactory()
    thief, owner = new_id(), new_id()
    theirs = mfa.begin_totp_setup(user=user, begun_by=thief)
    ours = mfa.begin_totp_setup(user=user, begun_by=owner)
    assert ours.secret != theirs.secret
    with pytest.raises(SecondFactorWrong):
        mfa.confirm_totp_setup(user=user, begun_by=owner, code=Phone(theirs.secret).code())
    mfa.confirm_totp_setup(user=user, begun_by=owner, code=Phone(ours.secret).code())
    with pytest.raises(SetupOver):
        mfa.open_totp_setup(user=user, begun_by=thief)
    with pytest.raises(SecondFactorWrong):
        mfa.verify_second_factor(user=user, code=Phone(theirs.secret).code())


def test_the_first_code_turns_it_on_and_gives_ten_backup_codes(user):
    phone = Phone(mfa.begin_totp_setup(user=user, begun_by=user.pk).secret)
    with pytest.raises(SecondFactorWrong):
        mfa.confirm_totp_setup(user=user, begun_by=user.pk, code=phone.wrong_code())
    codes = mfa.confirm_totp_setup(user=user, begun_by=user.pk, code=phone.code())
    assert len(set(codes)) == 10
    assert has_second_factor(user)
    assert needs_second_factor(user)
    assert second_factor_of(user).remaining == 10
    assert told(user) == ["second_factor.enabled"]
    assert len(mails_to(user.email, "second_factor_enabled")) == 1
    assert not is_right(user, phone.code()), "the code that confirmed it is used"
    assert not TotpSetup.objects.exists()


def test_no_secret_stands_in_the_database(user):
    waiting = mfa.begin_totp_setup(user=UserFactory(), begun_by=new_id()).secret
    phone, codes = enrol(user)
    rows = [list(model.objects.values()) for model in (Authenticator, BackupCode, TotpSetup, AuditEntry, Mail)]
    secrets = [waiting, phone.secret, *codes, *(code.replace("-", "") for code in codes)]
    assert not [secret for secret in secrets if secret in str(rows)]


def test_an_address_nobody_proved_gets_none():
    with pytest.raises(EmailNotVerified):
        mfa.begin_totp_setup(user=UserFactory(email_verified_at=None), begun_by=new_id())


def test_moving_to_another_device_takes_a_code_of_the_old_one(user, clock):
    old, old_codes = enrol(user)
    with pytest.raises(SecondFactorThere):
        mfa.begin_totp_setup(user=user, begun_by=user.pk)
    with pytest.raises(SecondFactorWrong):
        mfa.begin_totp_setup(user=user, begun_by=user.pk, fresh_code=old.wrong_code())
    new = Phone(mfa.begin_totp_setup(user=user, begun_by=user.pk, fresh_code=old.code()).secret)
    clock.shift(30)
    assert is_right(user, old.code()), "the old one works until the new one is confirmed"
    codes = mfa.confirm_totp_setup(user=user, begun_by=user.pk, code=new.code())
    clock.shift(60)
    assert not is_right(user, old.code())
    assert not is_right(user, old_codes[0])
    assert is_right(user, new.code())
    assert is_right(user, codes[0])
    assert told(user) == ["second_factor.enabled", "second_factor.moved", "second_factor.code_used"]


def test_keys_may_be_rotated(user, settings):
    phone, _ = enrol(user)
    settings.FIELD_ENCRYPTION_KEYS = ["another-key-of-thirty-two-characters", *settings.FIELD_ENCRYPTION_KEYS]
    assert is_right(user, phone.code())


def test_a_key_that_is_lost_is_a_fault_and_never_a_pass(user, settings):
    phone, codes = enrol(user)
    settings.FIELD_ENCRYPTION_KEYS = ["another-key-of-thirty-two-characters"]
    for code in (phone.code(), codes[0]):
        with pytest.raises(crypto.Undecipherable):
            mfa.verify_second_factor(user=user, code=code)


def test_a_backup_code_outlives_every_key_of_its_day(user, settings):
    _, codes = enrol(user)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a-secret-key-that-is-not-the-one-of-that-day-at-all", []
    settings.FIELD_ENCRYPTION_KEYS = ["another-key-of-thirty-two-characters", *settings.FIELD_ENCRYPTION_KEYS]
    for place in ciphertext.places():
        ciphertext.renew(place)
    settings.FIELD_ENCRYPTION_KEYS = settings.FIELD_ENCRYPTION_KEYS[:1]
    assert is_right(user, codes[0])
    assert not is_right(user, codes[0])


def test_a_backup_code_of_the_first_release_works_while_its_secret_key_does(user, settings):
    enrol(user)
    old = crypto.keyed_hash(mfa._bound(user, "0123456789"), purpose="backup code")
    rows = BackupCode.objects.filter(pk=BackupCode.objects.first().pk)
    rows.update(code_hash=crypto.encrypt(f"{mfa.KEYED}{old}"), hint="89")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a-newer-secret-key-of-fifty-characters-or-rather-more", []
    assert not is_right(user, "01234-56789")
    settings.SECRET_KEY_FALLBACKS = ["k3y-of-the-test-profile-that-opens-nothing-anywhere-else"]
    assert is_right(user, "01234-56789")


def test_a_bare_hash_that_the_release_before_wrote_during_an_update_works_once(user):
    _, codes = enrol(user)
    bare = crypto.keyed_hash(mfa._bound(user, "0123456789"), purpose="backup code")
    first, second = BackupCode.objects.filter(user=user)[:2]
    BackupCode.objects.filter(pk=first.pk).update(code_hash=Value(bare), hint="89")
    BackupCode.objects.filter(pk=second.pk).update(code_hash=Value("0" * 64), hint="89")
    assert not is_right(user, "11111-11189")
    assert is_right(user, "01234-56789")
    assert not is_right(user, "01234-56789")
    assert is_right(user, codes[9]), "nor does it stand in the way of the others"


def test_a_bare_hash_works_as_well_once_it_is_encrypted(user):
    enrol(user)
    bare = crypto.keyed_hash(mfa._bound(user, "0123456789"), purpose="backup code")
    BackupCode.objects.filter(pk=BackupCode.objects.first().pk).update(code_hash=Value(bare), hint="89")
    assert (mfa.count_bare_hashes(), mfa.encrypt_bare_hashes(), mfa.count_bare_hashes()) == (1, 1, 0)
    assert is_right(user, "01234-56789")


# Codes of the app


def test_a_code_works_once_however_it_is_spelled(user):
    phone, _ = enrol(user)
    code = phone.code()
    assert is_right(user, f"{code[:3]} {code[3:]}")
    assert not is_right(user, code)
    assert not is_right(user, f" {code}")
    assert not is_right(user, f"{code[:3]}-{code[3:]}")


@pytest.mark.parametrize(
    "spelled",
    [
        lambda code: code.translate(FULL_WIDTH),
        lambda code: code.translate(ARABIC),
        lambda code: f"0{code}",
        lambda code: code[:5],
        lambda code: f"{code}\n",
        lambda code: f"+{code}",
        lambda code: f"{code}\x00",
        lambda code: "",
    ],
    ids=["full width", "Arabic", "seven digits", "five digits", "newline", "sign", "NUL", "nothing"],
)
def test_anything_but_six_ascii_digits_is_wrong(user, spelled):
    phone, _ = enrol(user)
    assert not is_right(user, spelled(phone.code()))
    assert is_right(user, phone.code())


def test_a_clock_may_be_half_a_minute_off_and_no_more(user):
    phone, _ = enrol(user)
    assert not is_right(user, phone.code(2))
    assert is_right(user, phone.code(1))
    assert not is_right(user, phone.code(0)), "older than the one that was used"


def test_a_used_code_is_refused_for_as_long_as_its_step_is_live(user, clock):
    phone, _ = enrol(user)
    code = phone.code()
    assert is_right(user, code)
    clock.shift(30)
    assert not is_right(user, code)
    assert is_right(user, phone.code())


def test_five_wrong_codes_in_five_minutes_and_then_not_even_the_right_one(user, clock):
    phone, codes = enrol(user)
    for _ in range(5):
        assert not is_right(user, phone.wrong_code())
    for code in (phone.code(), codes[0]):
        with pytest.raises(RateLimited) as refused:
            mfa.verify_second_factor(user=user, code=code)
        assert refused.value.retry_after == 301
    enrol_other = UserFactory()
    other, _ = enrol(enrol_other)
    assert is_right(enrol_other, other.code()), "it is one person's budget"
    clock.shift(301)
    assert is_right(user, phone.code())


def test_right_codes_are_not_counted(user, clock):
    phone, _ = enrol(user)
    for _ in range(8):
        assert is_right(user, phone.code())
        clock.shift(30)


# Backup codes


def test_each_backup_code_works_once_and_its_owner_is_told(user):
    _, codes = enrol(user)
    first, second = codes[:2]
    assert is_right(user, first)
    assert not is_right(user, first)
    assert not is_right(user, first.replace("-", ""))
    assert is_right(user, second.replace("-", ""))
    factor = second_factor_of(user)
    assert factor.remaining == 8
    assert [str(code)[-2:] for code in factor.codes] == [code[-2:] for code in codes]
    assert [mail.text.count("9 are left") for mail in mails_to(user.email, "second_factor_code_used")] == [1, 0]


def test_nobody_uses_a_backup_code_of_another(user):
    other = UserFactory()
    enrol(other)
    _, codes = enrol(user)
    assert not is_right(other, codes[0])


def test_new_backup_codes_end_the_old_ones(user):
    phone, old = enrol(user)
    with pytest.raises(SecondFactorWrong):
        mfa.regenerate_backup_codes(user=user, code=phone.wrong_code())
    codes = mfa.regenerate_backup_codes(user=user, code=phone.code())
    assert not is_right(user, old[0])
    assert is_right(user, codes[0])
    assert second_factor_of(user).remaining == 9
    assert len(mails_to(user.email, "second_factor_codes_renewed")) == 1
    with pytest.raises(SecondFactorMissing):
        mfa.renew_backup_codes(user=UserFactory())


# Off


def test_turning_off_takes_a_fresh_code_and_leaves_nothing(user, clock):
    phone, _ = enrol(user)
    assert is_right(user, phone.code())
    with pytest.raises(SecondFactorWrong):
        mfa.disable_second_factor(user=user, code=phone.code())
    clock.shift(30)
    mfa.disable_second_factor(user=user, code=phone.code())
    assert not has_second_factor(user)
    assert not BackupCode.objects.exists()
    assert told(user)[-1] == "second_factor.disabled"
    assert len(mails_to(user.email, "second_factor_disabled")) == 1
    with pytest.raises(SecondFactorMissing):
        mfa.disable_second_factor(user=user, code=phone.code())


def test_staff_who_must_have_one_cannot_turn_it_off(settings):
    colleague = StaffFactory()
    phone, _ = enrol(colleague)
    settings.STAFF_MFA = "required"
    with pytest.raises(SecondFactorRequired):
        mfa.disable_second_factor(user=colleague, code=phone.code())
    assert is_right(colleague, phone.code()), "and no code was spent on it"


@pytest.mark.parametrize(("is_staff", "required"), [(True, True), (True, False), (False, True)])
def test_staff_need_one_where_it_is_required(is_staff, required, settings):
    settings.STAFF_MFA = "required" if required else "optional"
    assert needs_second_factor(UserFactory(is_staff=is_staff)) is (is_staff and required)


def test_a_superuser_takes_a_lost_one_away(user):
    boss = StaffFactory(is_superuser=True)
    enrol(user)
    sign_in_as(user)
    mfa.reset_second_factor(user=user, actor=boss, reason="lost the phone, called back")
    assert not has_second_factor(user)
    assert not BackupCode.objects.exists()
    assert Session.objects.get().end_reason == "revoked"
    entry = AuditEntry.objects.get(action="second_factor.reset")
    assert (entry.actor, entry.target_id, entry.reason) == (boss, str(user.pk), "lost the phone, called back")
    assert len(mails_to(user.email, "second_factor_reset")) == 1


def test_nobody_else_does(user):
    enrol(user)
    boss = StaffFactory(is_superuser=True)
    enrol(boss)
    refusals = [
        (user, StaffFactory(), StaffOnly),
        (user, UserFactory(is_superuser=True), StaffOnly),
        (boss, boss, OwnAccount),
        (UserFactory(), boss, SecondFactorMissing),
    ]
    for person, actor, refusal in refusals:
        with pytest.raises(refusal):
            mfa.reset_second_factor(user=person, actor=actor, reason="please")
    assert has_second_factor(user)
    assert has_second_factor(boss)


# The operator's command


def test_the_operator_resets_and_the_log_says_that_nobody_signed_in_did(user, capsys):
    enrol(user)
    call_command("reset_second_factor", "ASHA@example.com", dry_run=True)
    assert has_second_factor(user)
    call_command("reset_second_factor", "ASHA@example.com", reason="locked out")
    assert not has_second_factor(user)
    assert capsys.readouterr().out.splitlines() == [
        "asha@example.com has a second factor since 2026-11-21 15:30 IST; nothing changed",
        "the second factor of asha@example.com is taken away, and all its sessions have ended",
    ]
    entry = AuditEntry.objects.get(action="second_factor.reset")
    assert (entry.actor, entry.reason) == (None, "locked out")


@pytest.mark.parametrize("email", ["nobody@example.com", "plain@example.com"])
def test_the_command_says_when_there_is_nothing_to_reset(email):
    UserFactory(email="plain@example.com")
    with pytest.raises(CommandError):
        call_command("reset_second_factor", email)


def test_setups_that_are_over_are_purged(user):
    mfa.begin_totp_setup(user=user, begun_by=user.pk)
    assert purge_expired(now())["set-ups of second factors"] == 0
    assert purge_expired(now() + timedelta(minutes=15))["set-ups of second factors"] == 1
