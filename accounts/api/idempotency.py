"""`Idempotency-Key` on a POST: `@idempotent` under `@operation`, above the action."""

import hashlib
import json
from collections.abc import Callable
from functools import partial, wraps
from typing import Any, TypeVar

from django.http import HttpResponse, QueryDict
from rest_framework.request import Request

from accounts.services import idempotency
from accounts.services.idempotency import Claim
from flashspace.base.errors import Invalid
from flashspace.dialects.answers import Answer
from flashspace.dialects.views import DialectViewSet

HEADER = "Idempotency-Key"
LONGEST = 255

Action = TypeVar("Action", bound=Callable[..., HttpResponse])


def idempotent(action: Action | None = None, *, in_steps: bool = False) -> Any:
    """Give the first answer to every retry: same key and same body, same status and body.

    The action and the keeping of its answer are one transaction, so a kill leaves both or neither. `in_steps=True` is
    for an action that commits in steps of its own (evidence before its use): it must bear being run again.
    Not kept: 429 and 5xx, after which a retry should try.
    """
    if action is None:
        return partial(idempotent, in_steps=in_steps)

    @wraps(action)
    def call(view: DialectViewSet, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        key = request.headers.get(HEADER)
        if key is None or not request.user.is_authenticated:
            return action(view, request, *args, **kwargs)
        claim = idempotency.claim_key(user=request.user, key=_checked(key), request_hash=_hash(request))
        if claim.is_answered:
            return _replay(claim)
        return _answer_once(view, claim, partial(action, view, request, *args, **kwargs), in_steps)

    return call


def _answer_once(view: DialectViewSet, claim: Claim, act: Callable[[], HttpResponse], in_steps: bool) -> HttpResponse:
    try:
        return idempotency.act_once(claim=claim, act=act, in_steps=in_steps)
    except Exception as error:  # noqa: BLE001  every refusal is an answer, and a fault has to free the key
        answer = view.handle_exception(error)
    if answer.status_code == 429 or answer.status_code >= 500:
        idempotency.release_key(claim=claim)
    else:
        idempotency.store_answer(claim=claim, status=answer.status_code, body=answer.content.decode())
    return answer


def _replay(claim: Claim) -> Answer:
    return Answer(json.loads(claim.row.body), status=claim.row.status or 200, headers={"Idempotency-Replayed": "true"})


def _checked(key: str) -> str:
    if not (0 < len(key) <= LONGEST and key.isascii() and key.isprintable()):
        raise Invalid(f"Must be 1 to {LONGEST} printable characters", field=HEADER)
    return key


def _hash(request: Request) -> str:
    """Method, address and what the body says, however it is spaced or ordered."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    data = dict(request.data.lists()) if isinstance(request.data, QueryDict) else request.data
    digest.update(json.dumps(data, sort_keys=True, default=_named).encode())
    for name, file in sorted(request.FILES.items()):
        digest.update(f"\n{name}".encode())
        for chunk in file.chunks():
            digest.update(chunk)
        file.seek(0)
    return digest.hexdigest()


def _named(value: Any) -> str:
    """A file stands in the data too; its bytes are hashed apart."""
    return str(getattr(value, "name", value))
