"""A mail server that speaks real SMTP on a loopback port, and does what a test tells it to."""

from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

ACCEPT = "250 OK"


@dataclass
class Peer:
    """`answer_rcpt` and `answer_data` may refuse or be slow; what was accepted is in `messages`."""

    answer_rcpt: Callable[[str], Any] = lambda address: ACCEPT
    answer_data: Callable[[], Any] = lambda: ACCEPT
    messages: list[EmailMessage] = field(default_factory=list)

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802  aiosmtpd's name
        answer = self.answer_rcpt(address)
        if answer == ACCEPT:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  aiosmtpd's name
        answer = self.answer_data()
        if answer == ACCEPT:
            self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        return answer

    def ids(self) -> list[str]:
        """Of the rows, as the Message-ID has them."""
        return [str(message["Message-ID"]).strip("<>").partition("@")[0] for message in self.messages]


class AnyPort(Controller):
    """aiosmtpd tries itself out at the port it was told; told 0, it has to look which one it got."""

    def _trigger_server(self) -> None:
        self.port = port_of(self)
        super()._trigger_server()


def start_peer(peer: Peer) -> AnyPort:
    controller = AnyPort(peer, hostname="127.0.0.1", port=0)
    controller.start()
    return controller


def port_of(controller: Controller) -> int:
    return int(controller.server.sockets[0].getsockname()[1])
