"""A request that no view answered because its database is away: come again, nothing is broken."""

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import RequestFactory

from flashspace.dialects.errors import server_error


def after(error: Exception, path: str) -> HttpResponse:
    try:
        raise error
    except type(error):
        return server_error(RequestFactory().get(path))


@pytest.mark.parametrize("path", ["/admin/", "/api/user/bookings", "/api/v1/payments"])
def test_database_away_is_503_and_says_when_to_come_again(path: str) -> None:
    answer = after(OperationalError("the connection is closed"), path)
    assert (answer.status_code, answer["Retry-After"]) == (503, "1")


@pytest.mark.parametrize("path", ["/admin/", "/api/user/bookings"])
def test_fault_of_ours_stays_500(path: str) -> None:
    answer = after(KeyError("x"), path)
    assert (answer.status_code, answer.has_header("Retry-After")) == (500, False)
