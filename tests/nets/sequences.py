"""What every net of sequences does: calls are told in a story, nothing is broken at any step or at the end."""

from typing import Any

from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as hypothesis_seed
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from tests.nets.fuzz_cases import cases, dump, seed
from tests.nets.fuzz_wire import Reply, Shot, complaints, send
from tests.nets.fuzz_world import let_it_think
from tests.nets.test_fuzz import broken_rules

Query = tuple[tuple[str, str], ...]


class Sequence(RuleBasedStateMachine):
    me: Any  # whoever calls, with a `token`

    def __init__(self) -> None:
        super().__init__()
        self.mark = transaction.savepoint()
        self.story: list[str] = []

    def call(self, method: str, path: str, body: Any = None, *, token: str | None = None, query: Query = ()) -> Reply:
        bearer = self.me.token if token is None else token
        shot = Shot(
            method,
            path,
            query=query,
            headers={"Authorization": f"Bearer {bearer}"} if bearer else {},
            body=b"" if body is None else dump(body),
            content_type="" if body is None else "application/json",
        )
        reply = send(shot)
        self.story.append(f"{shot.as_curl()}  # {reply.status}")
        found = complaints(shot, reply, protected=False, known=bool(bearer))
        self.hold(not found, "; ".join(found))
        return reply

    def hold(self, is_so: bool, what: str) -> None:
        assert is_so, f"{what}; again with FUZZ_SEED={seed()} FUZZ_CASES={cases()}\n" + "\n".join(self.story)

    def teardown(self) -> None:
        try:
            broken = broken_rules()
            self.hold(not broken, "; ".join(broken))
        finally:
            connection.needs_rollback = False
            transaction.savepoint_rollback(self.mark)


def run(machine: type[Sequence], part: int, *, sequences: int, steps: int) -> None:
    let_it_think()
    chosen = settings(
        max_examples=sequences,
        stateful_step_count=steps,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(hypothesis_seed(seed() + part)(machine), settings=chosen)
