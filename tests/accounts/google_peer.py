"""What stands in for Google: a local server that hands out certificates and changes its keys, and signs ID tokens."""

import json
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

CLIENT_ID = "test-client.apps.googleusercontent.com"
ISSUER = "https://accounts.google.com"


class Key:
    def __init__(self) -> None:
        self.id = uuid4().hex
        self.private = rsa.generate_private_key(65537, 2048)
        self.certificate = _certificate(self.private)


def _certificate(key: rsa.RSAPrivateKey) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "federated-signon")])
    at = datetime(2026, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(at).not_valid_after(at + timedelta(days=365))
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


class Google:
    """`keys` are those handed out, the first signs. `fetches` counts who asked; `status`, `body`, `delay` break it."""

    def __init__(self) -> None:
        self.keys = [Key()]
        self.fetches = 0
        self.status = 200
        self.delay = 0.0
        self.body: bytes | None = None
        self.cache_control = "public, max-age=3600"
        peer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                peer.fetches += 1
                time.sleep(peer.delay)
                body = peer.body or json.dumps({key.id: key.certificate for key in peer.keys}).encode()
                self.send_response(peer.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Cache-Control", peer.cache_control)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with suppress(BrokenPipeError):  # the client gave up
                    self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/oauth2/v1/certs"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def claims(self, **changes: Any) -> dict[str, Any]:
        at = int(time.time())
        claims = {
            "iss": ISSUER,
            "azp": CLIENT_ID,
            "aud": CLIENT_ID,
            "sub": "10769150350006150715113082367",
            "email": "user@gmail.com",
            "email_verified": True,
            "name": "John Doe",
            "picture": "https://lh3.googleusercontent.com/a/photo",
            "given_name": "John",
            "family_name": "Doe",
            "iat": at,
            "exp": at + 3600,
            "jti": uuid4().hex,
            **changes,
        }
        return {name: value for name, value in claims.items() if value is not None}

    def token(self, *, key: Key | None = None, algorithm: str = "RS256", **changes: Any) -> str:
        """An ID token; a claim that is None is left out."""
        signer = key or self.keys[0]
        return jwt.encode(self.claims(**changes), signer.private, algorithm=algorithm, headers={"kid": signer.id})
