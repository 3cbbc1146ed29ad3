"""What stands in for Google: a local server with its consent page, its token call and its certificates, whose keys
change; it signs ID tokens.
"""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import uuid4

import httpx
import jwt
import pytest
from allauth.socialaccount.providers.google import views as google_views
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from accounts.social import certificates
from tests.accounts.api import Caller

CLIENT_ID = "test-client.apps.googleusercontent.com"
CLIENT_SECRET = "secret-of-the-test-client"
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


class Desk:
    """The authorization code flow as Google keeps it: a code is good once, for one client, address and verifier.

    `changes` are claims of the next ID tokens; `status`, `body`, `delay`, `drip` break the token call.
    """

    def __init__(self, peer: "Google") -> None:
        self.peer = peer
        self.mend()

    def mend(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.forms: list[dict[str, str]] = []
        self.codes: dict[str, dict[str, str]] = {}
        self.changes: dict[str, Any] = {}
        self.consents = True
        self.status, self.delay, self.drip = 200, 0.0, 0.0
        self.body: bytes | None = None
        self.key: Key | None = None

    def consent(self, query: dict[str, str]) -> str:
        """Where the browser goes when the person has chosen."""
        self.asked.append(query)
        known = (query["client_id"], query["response_type"], query["code_challenge_method"])
        assert known == (CLIENT_ID, "code", "S256"), query
        answer = {"error": "access_denied"}
        if self.consents:
            answer = {"code": f"4/{uuid4().hex}"}
            self.codes[answer["code"]] = query
        return f"{query['redirect_uri']}?{urlencode({**answer, 'state': query['state'], 'scope': query['scope']})}"

    def redeem(self, form: dict[str, str]) -> tuple[int, bytes]:
        self.forms.append(form)
        time.sleep(self.delay)
        asked = self.codes.pop(form.get("code", ""), None)
        if self.body is not None or self.status != 200:
            return self.status, self.body or b"{}"
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        wanted = (CLIENT_ID, CLIENT_SECRET, "authorization_code")
        if (form.get("client_id"), form.get("client_secret"), form.get("grant_type")) != wanted:
            return 401, b'{"error": "invalid_client"}'
        if asked is None or asked["redirect_uri"] != form.get("redirect_uri") or asked["code_challenge"] != challenge:
            return 400, b'{"error": "invalid_grant"}'
        claims = {"nonce": asked["nonce"], "jti": None, **self.changes}
        answer = {
            "access_token": "ya29.the-access-token-of-google",
            "expires_in": 3599,
            "scope": asked["scope"],
            "token_type": "Bearer",
            "id_token": self.peer.token(key=self.key, **claims),
        }
        return 200, json.dumps(answer).encode()


class Google:
    """`keys` are those handed out, the first signs. `fetches` counts who asked; `status`, `body`, `delay` break it."""

    def __init__(self) -> None:
        self.keys = [Key()]
        self.fetches = 0
        self.status = 200
        self.delay = 0.0
        self.body: bytes | None = None
        self.cache_control = "public, max-age=3600"
        self.desk = Desk(self)
        peer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                address = urlsplit(self.path)
                if address.path == "/o/oauth2/v2/auth":
                    self.send_response(302)
                    self.send_header("Location", peer.desk.consent(dict(parse_qsl(address.query))))
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                peer.fetches += 1
                time.sleep(peer.delay)
                body = peer.body or json.dumps({key.id: key.certificate for key in peer.keys}).encode()
                self._answer(peer.status, body, 0.0)

            def do_POST(self) -> None:
                assert self.path == "/token", self.path
                form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
                self._answer(*peer.desk.redeem(form), peer.desk.drip)

            def _answer(self, status: int, body: bytes, drip: float) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Cache-Control", peer.cache_control)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with suppress(BrokenPipeError, ConnectionResetError):  # the client gave up
                    for start in range(0, len(body), 1 if drip else len(body) or 1):
                        self.wfile.write(body[start : start + 1] if drip else body)
                        time.sleep(drip)

            def log_message(self, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"{self.origin}/oauth2/v1/certs"

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

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


def back_from_google(browser: Caller) -> str:
    """The address to which Google sends a browser back that began a sign-in here and was let go on."""
    way = urlsplit(httpx.get(browser.get("/api/user/auth/google")["Location"]).headers["Location"])
    return f"{way.path}?{way.query}"


@pytest.fixture
def google(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Google]:
    """In Google's place while a test runs."""
    peer = Google()
    monkeypatch.setattr(google_views, "CERTS_URL", peer.url)
    settings.GOOGLE_AUTHORIZE_URL = f"{peer.origin}/o/oauth2/v2/auth"
    settings.GOOGLE_TOKEN_URL = f"{peer.origin}/token"
    certificates.forget()
    yield peer
    certificates.forget()
    peer.close()
