"""SECURITY_PROFILE=strict: an address with an account and one without get the same answer for the same work.

Statements are the work here; how long it takes is measured by `python -m tests.bench.alike`.
"""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.accounts.alike import CALLS, TELLING, known, shown, unknown
from tests.bench.alike import mann_whitney

pytestmark = pytest.mark.django_db

KIND = re.compile(r'^(SELECT|INSERT INTO|UPDATE|DELETE FROM).*?"?((?:accounts|consultants)_\w+)"?', re.DOTALL)


@pytest.fixture(autouse=True)
def _strict(settings):
    settings.SECURITY_PROFILE = "strict"
    settings.RATE_LIMITS = "off"


def work_of(call, target):
    caller = call.caller()
    with CaptureQueriesContext(connection) as seen:
        answer = call.send(target, caller)
    found = [KIND.match(query["sql"].strip()) for query in seen]
    return shown(answer), [(match[1], match[2]) for match in found if match]


@pytest.mark.parametrize("name", CALLS)
def test_answers_and_work_are_the_same_whether_an_account_is_there(name):
    call = CALLS[name]
    work_of(call, unknown(call.who))  # whatever is made once
    of_known, its_work = work_of(call, known(call.who))
    of_unknown, no_work = work_of(call, unknown(call.who))
    assert of_known == of_unknown
    assert of_known[0] == call.status
    assert its_work == no_work


@pytest.mark.parametrize("name", CALLS)
def test_control_in_the_contract_profile_the_documents_tell_and_nothing_else_does(name, settings):
    settings.SECURITY_PROFILE = "contract"
    call = CALLS[name]
    answers = [call.send(target, call.caller()) for target in (known(call.who), unknown(call.who))]
    assert (shown(answers[0]) != shown(answers[1])) == (name in TELLING)


def test_every_tenth_answer_of_many_is_the_same():
    """Counters, slugs and locks that move with each call show after a few."""
    for name in ("flashspace signup", "nakksha signup", "flashspace forgot-password"):
        call = CALLS[name]
        targets = [known(call.who) if number % 2 else unknown() for number in range(10)]
        said = {str(shown(call.send(target, call.caller()))) for target in targets}
        assert len(said) == 1, name


def test_the_statistic_of_the_bench_tells_a_difference_from_none():
    slow, quick = [10.0 + n / 100 for n in range(500)], [5.0 + n / 100 for n in range(500)]
    share, p = mann_whitney(slow, quick)
    assert (share > 0.8, p < 0.01) == (True, True)
    share, p = mann_whitney(slow, [value + 0.001 for value in slow])
    assert (0.49 < share < 0.51, p > 0.5) == (True, True)
