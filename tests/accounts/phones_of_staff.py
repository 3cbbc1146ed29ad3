"""An authenticator app: it holds what was scanned, and shows the code of the moment."""

from accounts.mfa_totp import code_of_step, current_step
from accounts.models import User
from accounts.services import mfa


class Phone:
    def __init__(self, secret: str) -> None:
        self.secret = secret

    def code(self, steps_away: int = 0) -> str:
        return code_of_step(self.secret, current_step() + steps_away)

    def wrong_code(self) -> str:
        live = {self.code(steps) for steps in (-1, 0, 1)}
        return next(code for code in ("000000", "111111", "222222", "333333") if code not in live)


def enrol(user: User) -> tuple[Phone, list[str]]:
    """Set up with the code before this moment's, so that the one of now is still unused."""
    phone = Phone(mfa.begin_totp_setup(user=user, begun_by=user.pk).secret)
    return phone, mfa.confirm_totp_setup(user=user, begun_by=user.pk, code=phone.code(-1))
