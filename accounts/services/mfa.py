"""The second factor: a code of an authenticator app, or one of ten backup codes. For the admin and the APIs alike.

No code works twice: the last time step that was used stands in the database and is compared under a lock (a cache
forgets, and one process does not see another's), and a backup code is used up by one conditional update.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts.enums import EndReason
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
from accounts.mfa_totp import (
    Authenticator,
    MfaAdapter,
    clean_code,
    matching_step,
    new_secret,
    qr_image,
    totp_address,
)
from accounts.models import BackupCode, TotpSetup, User
from accounts.selectors.mfa import has_second_factor, must_have_second_factor, organizations_that_require_it
from accounts.services import audit, budgets, sessions
from accounts.services.mail import queue_mail
from flashspace.base.clock import now
from flashspace.base.crypto import decrypt, encrypt, keyed_hashes, new_digits, same
from flashspace.base.locks import atomic, lock_row

SETUP_LIFE = timedelta(minutes=15)
BACKUP_CODES = 10
BACKUP_DIGITS = 10
KEYED = "keyed:"  # before a hash of the first release, which needs the SECRET_KEY of its day
BARE = re.compile("[0-9a-f]{64}")  # that hash as the first release writes it, also while a newer one is being put up
TRIES = "accounts.second_factor"
TOTP = Authenticator.Type.TOTP


@dataclass(frozen=True, slots=True)
class TotpOffer:
    """What an authenticator app needs, shown to nobody but the owner: the key, as an address, and that as a picture."""

    secret: str
    address: str
    qr: str

    @property
    def spaced_key(self) -> str:
        """In groups of four, as one types it."""
        return " ".join(self.secret[start : start + 4] for start in range(0, len(self.secret), 4))


def begin_totp_setup(*, user: User, begun_by: UUID, fresh_code: str = "") -> TotpOffer:
    """The secret of a new authenticator, good for 15 minutes and for nothing until it is confirmed.

    `begun_by` is the session, or whatever else stands for this one sign-in: asked again meanwhile it gets the same
    secret, and nobody else gets it. Who has a second factor shows it with `fresh_code`, to move to another
    device. Raises EmailNotVerified, SecondFactorThere, SecondFactorWrong, RateLimited.
    """
    if not user.is_email_verified:
        raise EmailNotVerified  # else a stranger could shut the owner of an address out
    if has_second_factor(user):
        if not fresh_code:
            raise SecondFactorThere
        verify_second_factor(user=user, code=fresh_code)
    with atomic():
        lock_row(User.objects.all(), pk=user.pk)
        setup = _open_setup(user, begun_by) or _new_setup(user, begun_by)
    return _offer(user, setup)


def open_totp_setup(*, user: User, begun_by: UUID) -> TotpOffer:
    """The set-up that this sign-in began, to be looked at again. Raises SetupOver."""
    setup = _open_setup(user, begun_by)
    if setup is None:
        raise SetupOver
    return _offer(user, setup)


def confirm_totp_setup(*, user: User, begun_by: UUID, code: str) -> list[str]:
    """Turn the second factor on with the first code of the new authenticator, which replaces an earlier one and ends
    what others began.

    Returns the backup codes, which nobody can read again. Raises SetupOver, SecondFactorWrong, RateLimited.
    """
    with budgets.guesses(TRIES, str(user.pk), wrong=SecondFactorWrong), atomic():
        locked = lock_row(User.objects.all(), pk=user.pk)
        setup = _open_setup(locked, begun_by)
        if setup is None:
            raise SetupOver
        secret = MfaAdapter().decrypt(setup.secret)
        step = matching_step(secret, code, after=0)
        if step is None:
            raise SecondFactorWrong
        TotpSetup.objects.filter(user=locked).delete()
        replaced, _ = Authenticator.objects.filter(user=locked, type=TOTP).delete()
        data = {"secret": MfaAdapter().encrypt(secret), "last_step": step}
        Authenticator.objects.create(user=locked, type=TOTP, data=data, created_at=now(), last_used_at=now())
        codes = _new_backup_codes(locked)
        _tell("moved" if replaced else "enabled", user=locked, actor=locked)
    return codes


def verify_second_factor(*, user: User, code: str) -> None:
    """Use up a code of the app, or a backup code. Five wrong ones in five minutes, whoever asks from wherever.

    Never inside a transaction: a try stays counted. Raises SecondFactorMissing, SecondFactorWrong, RateLimited.
    """
    with budgets.guesses(TRIES, str(user.pk), wrong=SecondFactorWrong), atomic():
        backup_code = clean_code(code, digits=BACKUP_DIGITS)
        used = _use_backup_code(user, backup_code) if backup_code else _use_totp(user, code)
        if not used:
            raise SecondFactorWrong


def regenerate_backup_codes(*, user: User, code: str) -> list[str]:
    """Ten new ones; the old ones end. Raises SecondFactorMissing, SecondFactorWrong, RateLimited."""
    verify_second_factor(user=user, code=code)
    return renew_backup_codes(user=user)


@transaction.atomic
def renew_backup_codes(*, user: User) -> list[str]:
    """For somebody who has just shown the second factor in another way. Raises SecondFactorMissing."""
    locked = lock_row(User.objects.all(), pk=user.pk)
    if not has_second_factor(locked):
        raise SecondFactorMissing
    codes = _new_backup_codes(locked)
    _tell("codes_renewed", user=locked, actor=locked)
    return codes


def disable_second_factor(*, user: User, code: str) -> None:
    """What had shown it has shown none. Raises SecondFactorRequired for staff and for members of an organization that
    wants it, SecondFactorMissing, SecondFactorWrong, RateLimited.
    """
    if must_have_second_factor(user):
        raise SecondFactorRequired
    if organizations_that_require_it(user).exists():
        raise SecondFactorRequired("Your organization requires a second factor: move it to another device instead")
    verify_second_factor(user=user, code=code)
    with atomic():
        locked = lock_row(User.objects.all(), pk=user.pk)
        if _remove(locked):
            sessions.forget_second_factor(user=locked)
            _tell("disabled", user=locked, actor=locked)


@transaction.atomic
def reset_second_factor(*, user: User, actor: User | None, reason: str) -> None:
    """Take a lost one away, by a superuser or, with no `actor`, by the operator of the server.

    Whoever is signed in with the account is out. Raises StaffOnly, OwnAccount, SecondFactorMissing.
    """
    if actor is not None and not (actor.is_active and actor.is_staff and actor.is_superuser):
        raise StaffOnly("Only a superuser may reset a second factor")
    if actor is not None and actor.pk == user.pk:
        raise OwnAccount
    locked = lock_row(User.objects.all(), pk=user.pk)
    if not _remove(locked):
        raise SecondFactorMissing
    sessions.end_all_sessions(user=locked, reason=EndReason.REVOKED)
    _tell("reset", user=locked, actor=actor, reason=reason)


def count_bare_hashes() -> int:
    """Of backup codes: what the first release wrote after the database was migrated."""
    return sum(1 for _ in _bare_hashes())


def encrypt_bare_hashes() -> int:
    """How many there were. What somebody else changes meanwhile stays; may be ended at any time and begun again."""
    return sum(
        BackupCode.objects.filter(pk=pk, code_hash=bare).update(code_hash=encrypt(KEYED + bare))
        for pk, bare in _bare_hashes()
    )


def remove_since(*, user: User, since: datetime) -> None:
    """A second factor that somebody else set up, in the caller's transaction and under its lock of `user`."""
    TotpSetup.objects.filter(user=user).delete()
    if Authenticator.objects.filter(user=user, type=TOTP, created_at__gte=since).exists() and _remove(user):
        _tell("reset", user=user, actor=None, reason="the e-mail address was given back")


def _open_setup(user: User, begun_by: UUID) -> TotpSetup | None:
    return TotpSetup.objects.filter(user=user, begun_by=begun_by, expires_at__gt=now()).first()


def _new_setup(user: User, begun_by: UUID) -> TotpSetup:
    fields = {"secret": MfaAdapter().encrypt(new_secret()), "expires_at": now() + SETUP_LIFE}
    setup, _ = TotpSetup.objects.update_or_create(user=user, begun_by=begun_by, defaults=fields)
    return setup


def _offer(user: User, setup: TotpSetup) -> TotpOffer:
    secret = MfaAdapter().decrypt(setup.secret)
    address = totp_address(user, secret)
    return TotpOffer(secret, address, qr_image(address))


def _use_totp(user: User, code: str) -> bool:
    try:
        totp = lock_row(Authenticator.objects.all(), user=user, type=TOTP)
    except Authenticator.DoesNotExist:
        raise SecondFactorMissing from None
    step = matching_step(MfaAdapter().decrypt(totp.data["secret"]), code, after=totp.data["last_step"])
    if step is None:
        return False
    totp.data["last_step"] = step
    totp.last_used_at = now()
    totp.save(update_fields=["data", "last_used_at"])
    return True


def _use_backup_code(user: User, code: str) -> bool:
    mine = BackupCode.objects.filter(user=user, hint=code[-2:], used_at=None)
    fitting = [row.pk for row in mine if _fits(row, user, code)]
    used = BackupCode.objects.filter(pk__in=fitting, used_at=None).update(used_at=now(), updated_at=now())
    if used:
        _tell("code_used", user=user, actor=user)
    return bool(used)


def _new_backup_codes(user: User) -> list[str]:
    BackupCode.objects.filter(user=user).delete()
    codes = [new_digits(BACKUP_DIGITS) for _ in range(BACKUP_CODES)]
    BackupCode.objects.bulk_create(
        BackupCode(user=user, code_hash=encrypt(_hash(user, code)), hint=code[-2:]) for code in codes
    )
    half = BACKUP_DIGITS // 2
    return [f"{code[:half]}-{code[half:]}" for code in codes]


def _remove(user: User) -> bool:
    """Whether there was anything to take away."""
    removed, _ = Authenticator.objects.filter(user=user, type=TOTP).delete()
    BackupCode.objects.filter(user=user).delete()
    TotpSetup.objects.filter(user=user).delete()
    return bool(removed)


def _fits(row: BackupCode, user: User, code: str) -> bool:
    stored = KEYED + row.code_hash if BARE.fullmatch(row.code_hash) else decrypt(row.code_hash)
    if stored.startswith(KEYED):
        return stored.removeprefix(KEYED) in keyed_hashes(_bound(user, code), purpose="backup code")
    return same(stored, _hash(user, code))


def _bare_hashes() -> Iterator[tuple[UUID, str]]:
    rows = BackupCode.objects.exclude(code_hash__startswith="gAAAA").values_list("pk", "code_hash")
    return ((pk, code_hash) for pk, code_hash in rows.iterator() if BARE.fullmatch(code_hash))


def _hash(user: User, code: str) -> str:
    return hashlib.sha256(_bound(user, code).encode()).hexdigest()


def _bound(user: User, code: str) -> str:
    return f"{user.pk}:{code}"


def _tell(what: str, *, user: User, actor: User | None, reason: str = "") -> None:
    """The audit log and the owner hear of every change, and of a backup code that was used."""
    audit.record(action=f"second_factor.{what}", actor=actor, target=user, reason=reason)
    remaining = BackupCode.objects.filter(user=user, used_at=None).count()
    context = {"name": user.get_short_name(), "at": now(), "remaining": remaining}
    queue_mail(to=user.email, template=f"second_factor_{what}", context=context, user=user)
