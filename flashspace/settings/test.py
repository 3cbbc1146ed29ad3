"""The embedded defaults, made fast and private. Only what `make test` sets reaches it, never a developer's `.env`."""

import os
import tempfile
from pathlib import Path

from flashspace import env

_directory = Path(os.environ.get("TEST_DATA_DIR") or tempfile.mkdtemp(prefix="flashspace-test-"))
_source = {
    "SECRET_KEY": "k3y-of-the-test-profile-that-opens-nothing-anywhere-else",
    "JWT_SECRET": "t0ken-key-of-the-test-profile-that-signs-nothing-else",
    "FIELD_ENCRYPTION_KEYS": "f1eld-key-of-the-test-profile-that-hides-nothing-else",
    "DATA_DIR": str(_directory),
    "PUBLIC_URL": "http://testserver",
    "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
    "CORS_ALLOWED_ORIGINS": "http://localhost:3000",
    "LOG_LEVEL": "warning",
    "LOG_FORMAT": "json",
    "GOOGLE_CLIENT_ID": "test-client.apps.googleusercontent.com",
    "GOOGLE_CLIENT_SECRET": "secret-of-the-test-client",
    **{name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL") if os.environ.get(name)},
}
env.use(env.TEST, _source)

from flashspace.settings.base import *  # noqa: E402, F403  the profile must be chosen first
from flashspace.settings.base import CACHES, DATABASES  # noqa: E402

# A file, not memory: threads of race tests need connections of their own.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": str(_directory / "test.sqlite3")}

# Workers share one Redis.
CACHES["default"]["KEY_PREFIX"] = f"test-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}-{os.getpid()}"

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
WHITENOISE_AUTOREFRESH = True  # no scan of the static files at each client
