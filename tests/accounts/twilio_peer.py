"""What stands in for Twilio: a local server with its Messages resource. It takes, refuses, breaks or says nothing."""

import base64
import json
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

SID, TOKEN, FROM = "AC00000000000000000000000000000001", "token-of-the-test-account", "+15005550006"
Answer = tuple[int, dict[str, Any]]


def refuse(status: int, code: int, message: str) -> Answer:
    return status, {"code": code, "message": message, "more_info": f"https://www.twilio.com/docs/{code}"}


class _Handler(BaseHTTPRequestHandler):
    peer: "Twilio"

    def do_GET(self) -> None:
        query = dict(parse_qsl(urlsplit(self.path).query))
        self.peer.asked.append(query)
        if not self._is_ours():
            return
        self._answer(*(self.peer.answer_asked or self.peer.known)(query))

    def do_POST(self) -> None:
        form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        self.peer.told.append(form)
        if not self._is_ours():
            return
        answer = (self.peer.answer or self.peer.take)(form)
        time.sleep(self.peer.delay)
        if self.peer.loses_answers:
            self.close_connection = True
            return
        self._answer(*answer)

    def _is_ours(self) -> bool:
        wanted = "Basic " + base64.b64encode(f"{SID}:{TOKEN}".encode()).decode()
        assert urlsplit(self.path).path == f"/2010-04-01/Accounts/{SID}/Messages.json", self.path
        if self.headers["Authorization"] == wanted:
            return True
        self._answer(*refuse(401, 20003, "Authenticate"))
        return False

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        text = self.peer.broken or json.dumps(body).encode()
        with suppress(BrokenPipeError, ConnectionResetError):  # the client gave up
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", f"{self.peer.origin}/elsewhere")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

    def log_message(self, *args: Any) -> None:
        pass


class Twilio:
    """`taken` is what it sends on, oldest first; `answer` may refuse instead.

    `loses_answers` breaks the line after it took one, `delay` lets the caller wait.
    `answer_asked` breaks the list of what it took, `hides_bodies` shows no texts in it, `broken` is no JSON.
    """

    def __init__(self) -> None:
        self.mend()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"peer": self}))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def mend(self) -> None:
        self.answer: Callable[[dict[str, str]], Answer] | None = None
        self.answer_asked: Callable[[dict[str, str]], Answer] | None = None
        self.delay, self.loses_answers, self.hides_bodies = 0.0, False, False
        self.broken = b""
        self.puts_before = ""
        self.taken: list[dict[str, Any]] = []
        self.told: list[dict[str, str]] = []
        self.asked: list[dict[str, str]] = []

    def take(self, form: dict[str, str]) -> Answer:
        made = {
            "sid": f"SM{uuid4().hex}",
            "to": form["To"],
            "from": form.get("From"),
            "body": self.puts_before + form["Body"],
            "status": "queued",
            "date_created": format_datetime(datetime.now(UTC)),
            "date_sent": None,
            "error_code": None,
        }
        self.taken.append(made)
        return 201, made

    def known(self, query: dict[str, str]) -> Answer:
        found = [one for one in reversed(self.taken) if one["to"] == query["To"]][: int(query["PageSize"])]
        shown = [{**one, "body": "" if self.hides_bodies else one["body"]} for one in found]
        return 200, {"messages": shown, "page": 0, "page_size": int(query["PageSize"]), "next_page_uri": None}

    def texts_to(self, phone: str) -> list[str]:
        return [one["body"] for one in self.taken if one["to"] == phone]

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def use(peer: Twilio, settings: Any) -> None:
    settings.SMS_SENDER = "accounts.sms_senders.Twilio"
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = SID, TOKEN
    settings.TWILIO_FROM_NUMBER, settings.TWILIO_API_URL = FROM, peer.origin
