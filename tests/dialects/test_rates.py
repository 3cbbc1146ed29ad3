from datetime import timedelta

import pytest

from flashspace.dialects import named_rates
from flashspace.dialects.rates import Rate, RateSettings, parse_rate, parse_rate_limits
from flashspace.env import ConfigError
from flashspace.settings.topics.limits import rate_limits

QUARTER = int(timedelta(minutes=15).total_seconds())

CONTRACT = {
    "flashspace.general": Rate(100, QUARTER),
    "flashspace.signin": Rate(5, QUARTER),
    "flashspace.forgot": Rate(3, QUARTER),
    "flashspace.reset": Rate(3, QUARTER),
    "flashspace.uploads": Rate(10, 3600),
    "nano.general": Rate(100, QUARTER),
    "nano.signin": Rate(5, QUARTER),
    "nano.uploads": Rate(10, 3600),
    "rento.general": Rate(100, QUARTER),
    "rento.signin": Rate(5, QUARTER),
    "rento.forgot": Rate(1, 300),
    "rento.resend": Rate(1, 60),
    "nakksha.general": Rate(1000, QUARTER),
    "nakksha.signin": Rate(5, QUARTER),
    "nakksha.forgot": Rate(3, QUARTER),
    "workspace.general": Rate(10, 60),
    "workspace.signin": Rate(5, QUARTER),
    "workspace.reset": Rate(3, QUARTER),
    "accounts.unknown": Rate(5, QUARTER),
    "accounts.failures": Rate(10, 3600),
    "accounts.staff_signin": Rate(5, QUARTER),
    "accounts.second_factor": Rate(5, 300),
}


@pytest.mark.parametrize(("name", "rate"), CONTRACT.items())
def test_rate_is_the_documented_one(name: str, rate: Rate) -> None:
    assert named_rates.rate(name, "") == rate


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("5/15m", Rate(5, 900)),
        ("10/h", Rate(10, 3600)),
        ("1/2s", Rate(1, 2)),
        ("7/1d", Rate(7, 86400)),
        (" 5/m ", Rate(5, 60)),
    ],
)
def test_rate_is_read(text: str, rate: Rate) -> None:
    assert parse_rate(text) == rate


@pytest.mark.parametrize(
    "text", ["", "5", "5/", "/m", "0/m", "5/0m", "-5/m", "5/15", "5/15w", "5/1.5m", "5 / m", "٥/m"]
)
def test_rate_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a rate"):
        parse_rate(text)


def test_setting_changes_what_it_names() -> None:
    setting = "flashspace.signin=50/15m, nano.general=1000/1m"

    assert named_rates.rate("flashspace.signin", setting) == Rate(50, 900)
    assert named_rates.rate("nano.general", setting) == Rate(1000, 60)
    assert named_rates.rate("nano.signin", setting) == Rate(5, 900)


@pytest.mark.parametrize("text", ["off", " OFF "])
def test_off_limits_nothing(text: str) -> None:
    assert named_rates.rate("flashspace.signin", text) is None


def test_empty_setting_changes_nothing() -> None:
    assert parse_rate_limits("") == RateSettings(False, {})


@pytest.mark.parametrize(
    "text",
    [
        "flashspace.signin",
        "signin=5/m",
        "flashspace.signin=",
        "=5/m",
        "flashspace.nothing=5/m",
        "flashspace.signin=5/m,flashspace.signin=6/m",
    ],
)
def test_setting_that_names_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        named_rates.read_setting(text)


def test_limit_that_does_not_exist_stops_the_start_with_one_line() -> None:
    with pytest.raises(
        ConfigError, match=r"^RATE_LIMITS must name limits that exist: no such limit: 'flashspace\.nothing'$"
    ):
        rate_limits({"RATE_LIMITS": "flashspace.nothing=5/m"})

    assert rate_limits({"RATE_LIMITS": "flashspace.signin=5/m"}) == "flashspace.signin=5/m"
