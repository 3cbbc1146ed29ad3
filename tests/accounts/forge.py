"""Tokens that differ from a good one in one thing."""

import base64
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings as conf

from accounts.enums import TokenPurpose
from accounts.services import one_time_tokens, tokens
from accounts.services.sessions import SignIn
from flashspace.base.crypto import derive_key
from tests.factories.accounts import UserFactory, sign_in_as

RSA_KEY = rsa.generate_private_key(65537, 2048)


def newest():
    return next(iter(tokens._keys(tuple(conf.JWT_KEYS)).items()))


def part(value):
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Forge:
    def __init__(self, opened: SignIn) -> None:
        self.opened = opened
        self.good = opened.tokens
        self.kid, self.key = newest()
        self.claims = jwt.decode(self.good.access, options={"verify_signature": False})
        self.header = jwt.get_unverified_header(self.good.access)

    def signed(self, *, key=None, algorithm="HS256", header=None, drop=(), **claims):
        made = {name: value for name, value in {**self.claims, **claims}.items() if name not in drop}
        return jwt.encode(made, key or self.key, algorithm=algorithm, headers={"kid": self.kid, **(header or {})})

    def assembled(self, header, claims=None, signature="x"):
        return f"{part(header)}.{part(self.claims if claims is None else claims)}.{signature}"

    def retired(self):
        """As our own back end signed it, by a key that is not configured any more."""
        keys, conf.JWT_KEYS = conf.JWT_KEYS, ["a-key-of-last-year-of-thirty-two-characters"]
        try:
            return tokens.access_token(user=self.opened.user, session=self.opened.session)
        finally:
            conf.JWT_KEYS = keys

    def by_hmac(self, digest, header):
        text = f"{part(header)}.{part(self.claims)}"
        return f"{text}.{part(hmac.digest(self.key, text.encode(), digest))}"


def at(**delta):
    return int((datetime.now(UTC) + timedelta(**delta)).timestamp())


FORGERIES: dict[str, Callable[[Forge], Any]] = {
    "refresh token as access token": lambda f: f.good.refresh,
    "no signature": lambda f: f.good.access.rpartition(".")[0] + ".",
    "signature cut": lambda f: f.good.access[:-4],
    "signature of another": lambda f: f.good.access.rpartition(".")[0] + "." + f.good.refresh.rpartition(".")[2],
    "claims changed": lambda f: f.assembled(f.header, {**f.claims, "role": "admin"}, f.good.access.split(".")[2]),
    "alg none": lambda f: f.assembled({**f.header, "alg": "none"}, signature=""),
    "alg None, spelled": lambda f: f.assembled({**f.header, "alg": "nOnE"}, signature=""),
    "no alg": lambda f: f.assembled({"kid": f.kid, "typ": "JWT"}),
    "alg a list": lambda f: f.assembled({**f.header, "alg": ["HS256"]}),
    "HS512 with our key": lambda f: f.by_hmac("sha512", {**f.header, "alg": "HS512"}),
    "RS256 with a key of their own": lambda f: f.signed(key=RSA_KEY, algorithm="RS256"),
    "another key": lambda f: f.signed(key=b"k" * 32),
    "the secret itself as key": lambda f: f.signed(key=conf.JWT_KEYS[0]),
    "the empty key": lambda f: f.signed(key=b"\0" * 32),
    "SECRET_KEY as key": lambda f: f.signed(key=conf.SECRET_KEY),
    "a key of ours for another purpose": lambda f: f.signed(key=derive_key(conf.JWT_KEYS[0], "fields")),
    "no kid": lambda f: f.assembled({"alg": "HS256", "typ": "JWT"}),
    "kid unknown": lambda f: f.signed(header={"kid": "000000000000"}),
    "kid a path": lambda f: f.signed(header={"kid": "../../dev/null"}),
    "kid a list": lambda f: f.assembled({**f.header, "kid": [f.kid]}),
    "kid null": lambda f: f.assembled({**f.header, "kid": None}),
    "crit": lambda f: f.signed(header={"crit": ["exp"], "exp": 1}),
    "unencoded payload": lambda f: f.signed(header={"b64": False, "crit": ["b64"]}),
    "jwk in the header": lambda f: f.signed(key=b"a" * 32, header={"jwk": {"kty": "oct", "k": part(b"a" * 32)}}),
    "expired": lambda f: f.signed(exp=at(seconds=-1)),
    "no exp": lambda f: f.signed(drop=["exp"]),
    "exp a text": lambda f: f.signed(exp="tomorrow"),
    "from the future": lambda f: f.signed(iat=at(hours=1)),
    "not yet valid": lambda f: f.signed(nbf=at(hours=1)),
    "another issuer": lambda f: f.signed(iss="https://accounts.google.com"),
    "no issuer": lambda f: f.signed(drop=["iss"]),
    "another audience": lambda f: f.signed(aud="workspace"),
    "no audience": lambda f: f.signed(drop=["aud"]),
    "another kind": lambda f: f.signed(typ="verify"),
    "no kind": lambda f: f.signed(drop=["typ"]),
    "no id": lambda f: f.signed(drop=["jti"]),
    "no session": lambda f: f.signed(drop=["sid"]),
    "session unknown": lambda f: f.signed(sid=str(uuid4())),
    "session no id": lambda f: f.signed(sid="' OR 1=1 --"),
    "session a number": lambda f: f.signed(sid=1),
    "user unknown": lambda f: f.signed(userId=str(uuid4())),
    "user of nobody": lambda f: f.signed(userId=None),
    "user of another session": lambda f: f.signed(userId=str(UserFactory().pk)),
    "claims a list": lambda f: f.assembled(f.header, claims=["sid"]),
    "claims no JSON": lambda f: f"{part(f.header)}.{part(b'{')}.x",
    "header no JSON": lambda f: f"{part(b'nonsense')}.{part(f.claims)}.x",
    "nested a thousand times": lambda f: f"{part(b'[' * 1000)}.{part(f.claims)}.x",
    "two dots more": lambda f: f.good.access + "..",
    "no token at all": lambda f: "null",
    "an encrypted token": lambda f: "a.b.c.d.e",
    "not ASCII": lambda f: "é.é.é",
    "longer than any of ours": lambda f: "a" * 7000,
    "the good one twice": lambda f: f"{f.good.access} {f.good.access}",
    "the good one, then NUL": lambda f: f.good.access + "\0",
    "full-width digits in kid": lambda f: f.assembled({**f.header, "kid": "０１２３４５６７８９０１"}),
    "full-width digits in exp": lambda f: f.signed(exp="１７９９９９９９９９"),
    "exp without end": lambda f: f.assembled(f.header, {**f.claims, "exp": float("inf")}),
    "kid SQL": lambda f: f.signed(header={"kid": "' UNION SELECT 'x' --"}),
    "jku in the header": lambda f: f.signed(key=b"a" * 32, header={"jku": "https://attacker.example/keys", "kid": "1"}),
    "x5u in the header": lambda f: f.signed(key=b"a" * 32, header={"x5u": "https://attacker.example/cert"}),
    "signature in plain base64": lambda f: f.good.access.rpartition(".")[0] + ".a+/=",
    "empty parts": lambda f: "..",
    "without its header": lambda f: "." + f.good.access.partition(".")[2],
    "without its claims": lambda f: "..".join([f.good.access.split(".")[0], f.good.access.split(".")[2]]),
    "of a kind for one dialect": lambda f: f.signed(aud=["flashspace-api", "x"], typ="refresh"),
    "of a session of somebody else": lambda f: f.signed(sid=str(sign_in_as(UserFactory()).session.pk)),
    "of a key that was retired": lambda f: f.retired(),
    "of SECRET_KEY for another purpose": lambda f: f.signed(key=derive_key(conf.SECRET_KEY, "jwt")),
    **{
        f"a secret of a link: {purpose.label}": (
            lambda f, purpose=purpose: one_time_tokens.issue_token(user=f.opened.user, purpose=purpose)
        )
        for purpose in TokenPurpose
    },
}
