"""The demo's staff account. Its password is made at random once and kept in DATA_DIR, readable by its owner only."""

import json
import os
import secrets
from pathlib import Path

from django.conf import settings

from accounts.models import User
from flashspace.base.clock import now

EMAIL = "admin@flashspace.example"


def _path() -> Path:
    return Path(settings.DATA_DIR) / "staff.json"


def ensure_staff() -> User:
    """The account, made if it is not there yet."""
    found = User.objects.filter(email=EMAIL).first()
    if found is not None:
        return found
    password = secrets.token_urlsafe(9)
    user = User.objects.create_superuser(EMAIL, password, full_name="Ramit Sen", email_verified_at=now())
    descriptor = os.open(_path(), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump({"email": EMAIL, "password": password}, file)
    return user


def demo_sign_in() -> tuple[str, str] | None:
    """E-mail and password of the staff account that the demo made, if it made one here."""
    try:
        made = json.loads(_path().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return made["email"], made["password"]
