"""Keys live in the environment. What is done with them is told here, by their fingerprints."""

from collections.abc import Callable, Sequence

from django.db import transaction

from accounts.services import audit
from flashspace.base.crypto import fingerprint


@transaction.atomic
def change_keys(*, name: str, old: Sequence[str], new: Sequence[str], write: Callable[[], None]) -> None:
    """`write` puts the new ones where they belong; what cannot be written is not told either."""
    audit.record_of_server(
        action="keys.rotated" if len(new) > len(old) else "keys.retired",
        subject=name,
        before={"fingerprints": [fingerprint(key) for key in old]},
        after={"fingerprints": [fingerprint(key) for key in new]},
    )
    write()
