"""The way to the mail server: open, slow, shut, silent or out of its mind, as a test wants it. Behind is real SMTP."""

import select
import socket
import threading
import time
from typing import Final

from tests.accounts.smtp_peer import Peer, port_of, start_peer

OPEN, SLOW, SHUT, SILENT, GARBAGE = "open", "slow", "shut", "silent", "garbage"
PAUSE: Final = 3.0  # before the greeting of a slow one
NONSENSE: Final = b"\x00\xff<html>502 Bad Gateway</html>\r\n" * 3


class MailGate:
    def __init__(self) -> None:
        self.peer = Peer()
        self._controller = start_peer(self.peer)
        self._far = port_of(self._controller)
        self.mode = OPEN
        self._listener = self._listen(0)
        self.port = self._listener.getsockname()[1]
        self._held: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _listen(self, port: int) -> socket.socket:
        return socket.create_server(("127.0.0.1", port), reuse_port=False)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        try:
            if self.mode == SILENT:
                self._held.append(near)  # the client's own time-out has to end it
                return
            if self.mode == GARBAGE:
                near.sendall(NONSENSE)
            elif self.mode in (OPEN, SLOW):
                time.sleep(PAUSE if self.mode == SLOW else 0)
                self._splice(near)
        except OSError:
            pass
        if self.mode == SHUT:
            near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # refused with a reset
        near.close()

    def _splice(self, near: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", self._far), timeout=10) as far:
            other = {near: far, far: near}
            while True:
                for one in select.select([near, far], [], [])[0]:
                    if not (some := one.recv(65536)):
                        return
                    other[one].sendall(some)

    def delivered(self) -> list[str]:
        """Ids of mail rows, one for each time it came."""
        return self.peer.ids()

    def close(self) -> None:
        self._listener.close()
        for near in self._held:
            near.close()
        self._controller.stop()
