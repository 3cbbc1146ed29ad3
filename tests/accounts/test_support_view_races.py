"""Ends and looks at the same instant."""

import threading
from collections import Counter

import pytest

from accounts.models import AuditEntry, Session, SupportView
from accounts.services import sessions, support_views, tokens
from accounts.services.support_views import close_view, end_view, start_view
from flashspace.base.clock import now
from tests.accounts.api import Caller
from tests.accounts.test_support_views import WHY, at_the_desk
from tests.factories.accounts import StaffFactory, UserFactory
from tests.races import unguarded
from tests.together import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

LOOKS = 12


@pytest.fixture(autouse=True)
def _no_limits(settings):
    settings.RATE_LIMITS = "off"


def begin():
    boss = StaffFactory(is_superuser=True)
    return start_view(customer=UserFactory(), staff_session=at_the_desk(boss), reason=WHY)


def test_of_looks_and_an_end_at_once_none_that_begins_after_the_end_sees_anything(race_rounds):
    for _ in range(race_rounds):
        assert late_looks() == []


def test_control_a_door_that_remembers_lets_them_in_after_the_end(monkeypatch):
    known = {}
    real = sessions.find_session

    def remembering(claims, **options):
        if claims.session_id not in known:
            known[claims.session_id] = real(claims, **options)
        return known[claims.session_id]

    monkeypatch.setattr("accounts.services.sessions.find_session", remembering)
    assert late_looks() != []


def late_looks():
    """What was still answered to looks that began once `end_view` had returned."""
    view = begin()
    token = tokens.access_token(user=view.session.user, session=view.session)
    assert look(token) == 200
    ended = threading.Event()

    def act(number):
        if number == 0:
            end_view(view=view, actor=view.staff)
            ended.set()
        elif number % 2:
            ended.wait(10)
            return look(token)
        else:
            look(token)
        return None

    late = [status for status in together(LOOKS, act) if status is not None]
    assert len(late) == LOOKS // 2
    return [status for status in late if status != 401]


def look(token):
    return Caller(token=token).get("/api/auth/profile").status_code


def test_of_many_ends_at_once_the_log_hears_of_one(race_rounds):
    for _ in range(race_rounds):
        view = begin()
        Session.objects.filter(pk=view.session_id).update(expires_at=now())
        told = together(
            8,
            lambda number, view=view: (
                close_view(view.pk, now()) if number % 2 else end_view(view=view, actor=view.staff)
            ),
        )
        assert Counter(told) == {True: 1, False: 7}
        assert AuditEntry.objects.filter(action="support_view.ended", after__view=str(view.pk)).count() == 1


def test_control_without_the_condition_it_hears_of_more(monkeypatch):
    """The update asks whether somebody was quicker; asked before, everybody is told that nobody was."""

    def close(view, *, actor, how):
        seen = SupportView.objects.get(pk=view.pk)
        gate.wait(10)
        if seen.closed_at is not None:
            return False
        SupportView.objects.filter(pk=view.pk).update(closed_at=now())
        return True

    gate = threading.Barrier(2)
    monkeypatch.setattr(support_views, "_close", close)
    view = begin()
    with unguarded(support_views):
        assert Counter(together(2, lambda _: end_view(view=view, actor=view.staff)))[True] == 2


def test_two_views_begun_at_once_from_one_desk_leave_one(race_rounds):
    for _ in range(race_rounds):
        behind = at_the_desk(StaffFactory(is_superuser=True))
        people = [UserFactory() for _ in range(4)]
        together(
            4,
            lambda number, behind=behind, people=people: start_view(
                customer=people[number], staff_session=behind, reason=WHY
            ),
        )
        assert SupportView.objects.filter(staff_session=behind, closed_at=None).count() == 1
        assert Session.objects.filter(user__in=people, ended_at=None).count() == 1
