"""The embedded server: one process for HTTP, background work and its clock, on a socket that was bound beforehand."""

import asyncio
import errno
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer
from types import FrameType

import uvicorn

DRAIN_SECONDS = 3
LAST_WORDS_SECONDS = 0.25
LAST_SECONDS = 7  # after a signal; whatever still runs then is abandoned


class PortBusy(OSError):
    """Somebody else listens there."""


def bind(host: str, port: int) -> socket.socket:
    """A listening address of our own, before anything slow begins. Raises PortBusy, OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen(2048)  # two servers may bind one address with SO_REUSEADDR; only one may listen
    except OSError as error:
        bound.close()
        if error.errno == errno.EADDRINUSE:
            raise PortBusy(f"port {port} is in use; choose another with PORT=…") from None
        raise
    return bound


def serve(bound: socket.socket, *, background: bool, on_ready: Callable[[], None]) -> None:
    """Answer on `bound` until SIGINT or SIGTERM, then finish what is running, for a few seconds at most."""
    # Imported here so that a busy port is reported at once, before the application is loaded.
    from flashspace.asgi import application
    from flashspace.background import BackgroundWork

    server = _Server(
        uvicorn.Config(
            application,
            workers=1,  # else it reads WEB_CONCURRENCY, which is about production
            lifespan="off",
            log_config=None,
            access_log=False,  # addresses carry one-time tokens
            server_header=False,
            proxy_headers=False,  # TRUSTED_PROXIES decides, in flashspace.base.context
            timeout_graceful_shutdown=DRAIN_SECONDS,
        ),
        on_ready,
    )
    work = BackgroundWork() if background else None
    if work:
        work.start()
    server.run(sockets=[bound])
    if work:
        work.stop()
    _leave()


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Uvicorn's own raises the signal again at the end, which would make a clean stop look like a crash."""

        def stop(_signal: int, _frame: FrameType | None) -> None:
            if self.should_exit:
                _leave()
            self.should_exit = True
            last = Timer(LAST_SECONDS, _leave)
            last.daemon = True
            last.start()

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, stop)
        yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Uvicorn's own drops connections that have asked nothing yet; what is just being sent is read first."""
        for server in self.servers:
            server.close()
        await asyncio.sleep(LAST_WORDS_SECONDS)
        await super().shutdown(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()


def _leave() -> None:
    """End without waiting for threads that are busy; what they did not commit never happened."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
