import os

import pytest


@pytest.fixture(scope="session")
def net_rate() -> int:
    """How many times its usual amount a net does: 1 by default, 20 by `make nets`."""
    return int(os.environ.get("NET_RATE", "1"))
