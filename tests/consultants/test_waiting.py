from datetime import timedelta

import pytest
from django.test import Client

from consultants.models import Consultant
from consultants.selectors.figures import list_queues
from flashspace.base.clock import now
from flashspace.base.queues import Waiting, count_waiting
from tests.dashboard.desk import forget_figures
from tests.factories.consultants import make_approved, make_consultant, make_rejected
from tests.factories.staff import make_member

pytestmark = pytest.mark.django_db


def test_who_waits_is_counted_and_the_link_leads_to_them() -> None:
    forget_figures()
    first = make_consultant()
    Consultant.objects.filter(pk=first.pk).update(created_at=now() - timedelta(days=3))
    first.refresh_from_db()
    make_consultant(), make_approved(), make_rejected()
    (queue,) = list_queues()
    assert count_waiting([queue]) == {"consultants": Waiting(2, first.created_at)}
    operator = Client()
    operator.force_login(make_member("Operators"))
    link = f"/admin/consultants/consultant/?{queue.query}"
    assert link in operator.get("/admin/").content.decode()
    assert operator.get(link).context["cl"].result_count == 2


def test_who_may_not_list_them_sees_no_queue_of_them() -> None:
    forget_figures()
    make_consultant()
    support = Client()
    support.force_login(make_member("Support"))
    assert "/admin/consultants/" not in support.get("/admin/").content.decode()
