"""The parts of a benchmark that need Django: a fresh database, its rows, tokens, and the queries of each call."""

import json
import sys
from typing import Any
from urllib.parse import urlsplit

import psycopg


def create_database(url: str, filled: str = "bookings_booking") -> bool:
    """Make the database unless it is there and has a row in `filled`. True when it must be filled."""
    name = urlsplit(url).path.lstrip("/")
    with psycopg.connect(url.removesuffix(name) + "postgres", autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            with psycopg.connect(url) as inside:
                row = inside.execute("SELECT to_regclass(%s)", [filled]).fetchone()
                if row and row[0] and (inside.execute(f"SELECT 1 FROM {filled} LIMIT 1").fetchone()):
                    return False
            connection.execute(f'DROP DATABASE "{name}"')
        connection.execute(f'CREATE DATABASE "{name}"')
    return True


def fill(listings: int) -> bool:
    from django.db import connection

    from tests.bench.seed import seed

    seed(listings, tell=lambda text: print(text, file=sys.stderr, flush=True))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return True


def workloads(listings: int) -> list[dict[str, Any]]:
    from tests.bench import seed

    tokens = _tokens(200)
    every = _get("/api/virtualOffice/getAll")
    calls = [
        _call("city list", [_get(f"/api/virtualOffice/getByCity/{city}?page=1&limit=20") for city in seed.CITIES]),
        _call(
            "one listing",
            [_get(f"/api/virtualOffice/getById/{seed.bench_id('space', i)}") for i in range(1, min(listings, 4000), 2)],
        ),
        _call("my bookings", [_get("/api/user/bookings?page=1&limit=10", token) for token in tokens]),
        _call(
            "create booking",
            [
                {
                    "method": "POST",
                    "path": "/api/bookings",
                    "token": token,
                    "body": {
                        "property_id": str(seed.bench_id("space", 1 + 2 * (i % 500))),
                        "plan": "gst",
                        "start_date": "2030-01-10",
                        "tenure": 12,
                    },
                }
                for i, token in enumerate(tokens)
            ],
        ),
        _call(
            "sign-in",
            [
                {
                    "method": "POST",
                    "path": "/api/auth/login",
                    "body": {
                        "email": f"user{i}@example.com",
                        "password": seed.PASSWORD,
                    },
                }
                for i in range(200)
            ],
            connections=4,
        ),
        _call("dashboard", [_get("/api/user/dashboard", token) for token in tokens]),
        _call("whole list", [every], connections=4),
    ]
    return [{**call, "queries": _queries(call["requests"][0])} for call in calls]


def _get(path: str, token: str = "") -> dict[str, Any]:
    return {"method": "GET", "path": path, "token": token}


def _call(name: str, requests: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"name": name, "requests": requests, **more}


def _tokens(count: int) -> list[str]:
    """Sessions as a sign-in opens them, for the first `count` people."""
    from accounts.clients import Client
    from accounts.models import User
    from accounts.services.sessions import open_session
    from tests.bench.seed import bench_id

    client = Client(network="203.0.113.9", user_agent="bench", dialect="flashspace")
    people = User.objects.in_bulk([bench_id("user", i) for i in range(count)]).values()
    return [open_session(user=user, client=client).tokens.access for user in people]


def _queries(request: dict[str, Any]) -> int:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    headers = {"authorization": f"Bearer {request['token']}"} if request.get("token") else {}
    headers |= {"host": "bench.flashspace.example", "x-forwarded-proto": "https"}
    ask = getattr(Client(), request["method"].lower())
    more = {"data": json.dumps(request["body"]), "content_type": "application/json"} if "body" in request else {}
    ask(request["path"], headers=headers, **more)
    with CaptureQueriesContext(connection) as queries:
        answer = ask(request["path"], headers=headers, **more)
    if answer.status_code >= 400:
        raise SystemExit(f"{request['path']} answered {answer.status_code}: {answer.content[:300]!r}")
    return len(queries)


if __name__ == "__main__":
    function, arguments = globals()[sys.argv[1]], json.loads(sys.argv[2])
    if sys.argv[1] != "create_database":
        import django

        django.setup()
    print(json.dumps(function(**arguments)))
