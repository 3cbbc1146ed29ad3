"""One process on one machine, nothing to install: what `make run` starts."""

import socket

from flashspace import env

env.use(env.DEVELOPMENT)

from flashspace.settings.base import *  # noqa: E402, F403  the profile must be chosen first
from flashspace.settings.base import ALLOWED_HOSTS, config  # noqa: E402

if not config["ALLOWED_HOSTS"]:
    ALLOWED_HOSTS += [".localhost", "127.0.0.1", "[::1]", socket.gethostname()]
    ALLOWED_HOSTS += [config["HOST"]] if config["HOST"] not in {"0.0.0.0", "::"} else []  # noqa: S104  compared, not bound

WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
