"""From one client address, whichever doors it tries: five answers tell whether there is an account, and then none."""

import random
import re
from itertools import cycle, islice, product

import pytest
from django.urls import get_resolver

from flashspace.dialects.routing import ApiResolver
from tests.accounts.alike import CALLS, TELLING, known, shown, unknown

pytestmark = pytest.mark.django_db

# So many questions are too many for other limits too, which are not asked about here.
OTHERS_OFF = ",".join(
    f"{dialect}.general=100000/15m" for dialect in ("flashspace", "nano", "rento", "nakksha", "workspace")
)
OF_SOMEBODY = re.compile("email|phone|identifier", re.IGNORECASE)
# What takes an address and looks for no account.
OF_NO_ACCOUNT = {
    ("POST", "/api/bookings"): "kept with the booking, whosever it is",
    ("PUT", "/api/v1/organizations/me"): "an organization's own address",
    ("PUT", "/api/v1/users/<str:id>"): "asks as change-email does, and is never told that an address is taken",
}


def ask(name, who):
    """The same question about somebody, or about nobody."""
    call = CALLS[name]
    return call.send(who(call.who), call.caller())


def tells(name, answer):
    return answer.status_code not in (CALLS[name].status, 429)


def questions(count):
    every = list(product(TELLING, (known, unknown)))
    random.Random(count).shuffle(every)
    return list(islice(cycle(every), count))


def test_of_100_questions_at_every_door_five_are_told(settings):
    settings.RATE_LIMITS = OTHERS_OFF
    answers = [(name, ask(name, who)) for name, who in questions(100)]
    told = [number for number, (name, answer) in enumerate(answers) if tells(name, answer)]
    assert len(told) == 5
    assert {answer.status_code for _, answer in answers[told[-1] + 1 :]} == {429}
    assert len(answers) - told[-1] > 50


def test_control_without_that_budget_every_door_tells_on_and_on(settings):
    settings.RATE_LIMITS = f"{OTHERS_OFF},accounts.unknown=100000/15m"
    assert {name for name, who in questions(100) if tells(name, ask(name, who))} == set(TELLING)


@pytest.mark.parametrize("name", TELLING)
def test_whoever_has_used_it_up_is_answered_alike_about_anybody(name, settings, time_machine):
    settings.RATE_LIMITS = OTHERS_OFF
    time_machine.move_to("2026-11-21T10:00:05Z", tick=False)
    for _ in range(5):
        assert ask("rento resend-otp", unknown).status_code == 404
    of_known, of_unknown = refusal(ask(name, known)), refusal(ask(name, unknown))
    assert of_known == of_unknown
    assert of_known[0] == 429


def refusal(answer):
    status, headers, body = shown(answer)
    return status, headers["retry-after"], body


def test_every_call_that_takes_an_address_or_a_phone_is_asked():
    resolvers = [one for one in get_resolver().url_patterns if isinstance(one, ApiResolver)]
    routes = [one for resolver in resolvers for one in resolver.documented]
    takes = {(one.method, one.path) for one in routes if OF_SOMEBODY.search(fields_of(one))}
    assert takes == {(call.method, call.path) for call in CALLS.values()} | set(OF_NO_ACCOUNT)


def fields_of(route):
    described = getattr(getattr(route.view, route.action), "operation", None)
    return " ".join(described.request().fields) if described and described.request else ""
