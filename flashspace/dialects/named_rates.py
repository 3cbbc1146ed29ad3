"""Every limit by its name in RATE_LIMITS, with CONTRACT's figure. Pure."""

from typing import Final

from flashspace.dialects import DIALECTS
from flashspace.dialects.rates import Rate, RateSettings, parse_rate, parse_rate_limits

RATES: Final = {
    # Of no dialect: answers that reveal whether an account exists, and failed sign-ins of one account.
    "accounts.unknown": parse_rate("5/15m"),
    "accounts.failures": parse_rate("10/h"),
    # The admin's sign-in by client address; codes of the second step by account, in the admin and the APIs together.
    "accounts.staff_signin": parse_rate("5/15m"),
    "accounts.second_factor": parse_rate("5/5m"),
    # Codes and reset mails of one address, wrong current passwords of one account, whoever asks from wherever.
    "accounts.codes": parse_rate("3/15m"),
    "accounts.codes_daily": parse_rate("10/d"),
    "accounts.reset_mails": parse_rate("3/15m"),
    "accounts.password_changes": parse_rate("10/h"),
    # SMS of verification: from one network, which may not use up everybody's; and of everybody together, which is what
    # abuse may cost.
    "accounts.sms_network": parse_rate("10/h"),
    "accounts.sms": parse_rate("500/h"),
    # How often one account or organization asks for another address, or an organization for one of its people.
    "accounts.email_changes": parse_rate("5/h"),
    # Mails to an address that somebody wants to have, whoever asks: apart from the mails that its owner needs.
    "accounts.change_mails": parse_rate("3/15m"),
    # A person's download of everything we keep of them.
    "accounts.own_data": parse_rate("1/d"),
    # Invitations to one address, of all organizations together: nobody's mailbox is filled by it. And of one
    # organization to whomever, taken back or not: they carry what it likes to say.
    "accounts.invitations": parse_rate("10/d"),
    "accounts.organization_invitations": parse_rate("50/d"),
    **{f"{dialect.name}.{name}": rate for dialect in DIALECTS.values() for name, rate in dialect.rates.items()},
}
NAMES: Final = frozenset(RATES)


def read_setting(text: str) -> RateSettings:
    """RATE_LIMITS, with a ValueError for a limit that does not exist."""
    return parse_rate_limits(text, NAMES)


def rate(name: str, setting: str) -> Rate | None:
    """The rate in force, None when limits are off. Raises KeyError for an unknown name."""
    return read_setting(setting).rate(name, RATES[name])
