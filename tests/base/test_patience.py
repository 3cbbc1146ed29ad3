import time

import psycopg
import pytest
from django.db import OperationalError, connection

from flashspace.base.patience import PatientConnection

pytestmark = [pytest.mark.postgres, pytest.mark.skipif("connection.vendor != 'postgresql'")]


@pytest.fixture
def hurried(monkeypatch, transactional_db):
    connection.ensure_connection()
    assert isinstance(connection.connection, PatientConnection)
    assert connection.connection.patience > 15
    monkeypatch.setattr(connection.connection, "patience", 0.3)
    yield connection
    connection.close()


def test_answer_that_does_not_come_is_not_waited_for(hurried):
    began = time.monotonic()
    with pytest.raises(OperationalError), hurried.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(20)")
    assert time.monotonic() - began < 5
    assert not hurried.is_usable()


def test_connection_is_made_anew_after_a_wait_that_was_given_up(hurried):
    with pytest.raises(OperationalError), hurried.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(20)")
    hurried.close()
    with hurried.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


def test_refused_statement_leaves_the_connection_as_it_was(hurried):
    with pytest.raises(psycopg.errors.DivisionByZero):
        hurried.connection.execute("SELECT 1 / 0")
    assert hurried.is_usable()
