import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live import free_port

REDIS = shutil.which("redis-server")


class Redis:
    """A server of our own, so that stopping it stops nobody else's."""

    def __init__(self, directory: Path) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process = subprocess.Popen(
            [str(REDIS), "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(directory)],
            stdout=subprocess.DEVNULL,
        )


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    if REDIS is None:
        assert not os.environ.get("CI"), "CI must have redis-server"
        pytest.skip("NO redis-server HERE: nothing was tried without Redis")
    running = Redis(tmp_path)
    yield running
    running.process.kill()
    running.process.wait()
