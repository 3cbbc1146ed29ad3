from typing import Any

PERSISTENT_SECONDS = 600
SQLITE = {
    # Without IMMEDIATE a transaction that reads first and writes later dies with "database is locked".
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON",
}
# A request gives up before its client does; a writer waits 3 s for a row and then answers 409 or 503.
POSTGRESQL_TIMEOUTS = "-c statement_timeout=15000 -c lock_timeout=3000 -c idle_in_transaction_session_timeout=30000"
# The planner compiles for seconds what runs for a quarter of one: a long statement is long here by its expressions.
POSTGRESQL_PLANS = "-c jit=off"


def database(config: dict[str, Any]) -> dict[str, Any]:
    made = dict(config["DATABASE_URL"] or {"ENGINE": "django.db.backends.sqlite3"})
    if made["ENGINE"].endswith("sqlite3"):
        path = made.get("NAME") or str(config["DATA_DIR"] / "db.sqlite3")
        return {"ENGINE": made["ENGINE"], "NAME": path, "OPTIONS": SQLITE}
    options = {"connect_timeout": 3, **made.get("OPTIONS", {})}
    options["options"] = f"{POSTGRESQL_TIMEOUTS} {POSTGRESQL_PLANS} {options.get('options', '')}".strip()
    made |= {"ENGINE": "flashspace.base.postgresql", "OPTIONS": options}
    return {**made, "CONN_MAX_AGE": PERSISTENT_SECONDS, "CONN_HEALTH_CHECKS": True}
