"""A load generator that costs little: blocking sockets, kept alive, requests built beforehand.

It shares the cores with what it measures, so requests a second are a floor; the figure to compare is the server's
CPU for a request.
"""

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Tally:
    latencies: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    bytes_read: int = 0

    def add(self, other: "Tally") -> None:
        self.latencies += other.latencies
        self.bytes_read += other.bytes_read
        for status, count in other.statuses.items():
            self.statuses[status] = self.statuses.get(status, 0) + count

    def percentile(self, share: float) -> float:
        """Seconds."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


class Connection:
    def __init__(self, host: str, port: int) -> None:
        self._socket = socket.create_connection((host, port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = b""

    def ask(self, request: bytes) -> tuple[int, int]:
        """Send, read the whole answer; its status and size."""
        self._socket.sendall(request)
        while (end := self._buffer.find(b"\r\n\r\n")) < 0:
            self._more()
        head = self._buffer[:end].lower()
        status = int(head[9:12])
        length = self._length(head)
        whole = end + 4 + length
        while len(self._buffer) < whole:
            self._more()
        self._buffer = self._buffer[whole:]
        return status, whole

    def _more(self) -> None:
        chunk = self._socket.recv(262144)
        if not chunk:
            raise ConnectionError("the server closed the connection")
        self._buffer += chunk

    @staticmethod
    def _length(head: bytes) -> int:
        at = head.find(b"content-length:")
        if at < 0:
            raise ValueError("an answer without Content-Length")
        end = head.find(b"\r\n", at)
        return int(head[at + 15 : end if end > 0 else None])

    def close(self) -> None:
        self._socket.close()


def run_load(
    *, host: str, port: int, connections: int, seconds: float, requests: Callable[[int, int], bytes]
) -> tuple[Tally, float]:
    """Keep `connections` busy for `seconds`. `requests(worker, n)` gives the n-th request of a worker.

    Returns the tally and the seconds taken.
    """
    total, lock, stop = Tally(), threading.Lock(), time.perf_counter() + seconds
    barrier = threading.Barrier(connections + 1)

    def work(worker: int) -> None:
        mine, connection, n = Tally(), Connection(host, port), 0
        barrier.wait()
        while (began := time.perf_counter()) < stop:
            status, size = connection.ask(requests(worker, n))
            mine.latencies.append(time.perf_counter() - began)
            mine.statuses[status] = mine.statuses.get(status, 0) + 1
            mine.bytes_read += size
            n += 1
        connection.close()
        with lock:
            total.add(mine)

    threads = [threading.Thread(target=work, args=(i,), daemon=True) for i in range(connections)]
    for thread in threads:
        thread.start()
    barrier.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    return total, time.perf_counter() - began


def build(method: str, path: str, *, host: str, token: str = "", body: bytes = b"", headers: str = "") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Accept: application/json"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    head = "\r\n".join(lines) + "\r\n" + headers + "\r\n"
    return head.encode() + body
