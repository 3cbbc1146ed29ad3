"""How much of everything: a smoke by default, the full figures with CHAOS_ROUNDS=20, which `make chaos` sets."""

import os

ROUNDS = int(os.environ.get("CHAOS_ROUNDS", "1"))
IS_FULL = ROUNDS > 1


def rounds(most: int) -> range:
    return range(min(ROUNDS, most))


def size(smoke: int, full: int) -> int:
    return full if IS_FULL else smoke


def tell(line: str) -> None:
    """A figure, for whoever watches (`-s`) or looks at a failure."""
    print(f"  chaos: {line}", flush=True)
