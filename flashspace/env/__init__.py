"""The environment, read once and typed. A value that cannot be used stops the start with one line naming it.

env.start()             # in manage.py, wsgi, asgi: choose the settings and read them, or exit with 2
env.use("production")   # in a profile's settings, before the shared ones ask for
env.current()           # the values
"""

import importlib
import os
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, NoReturn

import environ

from flashspace.env import rules
from flashspace.env.errors import ConfigError
from flashspace.env.keys import development_keys
from flashspace.env.names import DEVELOPMENT, NAMES, PRODUCTION, ROOT, UNNEEDED, Name

__all__ = [
    "DEVELOPMENT",
    "PRODUCTION",
    "ROOT",
    "TEST",
    "Config",
    "ConfigError",
    "current",
    "load",
    "notices",
    "settings_module",
    "start",
    "use",
]

Config = dict[str, Any]
TEST = "test"
EXIT_MISCONFIGURED = 2
_current: Config = {}


class _DotEnv(environ.Env):
    ENVIRON: MutableMapping[str, str] = os.environ


def use(profile: str, source: Mapping[str, str] | None = None) -> Config:
    """Read the values and keep them for `current`."""
    _current.clear()
    _current.update(load(profile, source))
    return _current


def current() -> Config:
    return _current or use(DEVELOPMENT)


def load(profile: str, source: Mapping[str, str] | None = None) -> Config:
    """Every name of NAMES with its typed value, or None. Raises ConfigError.

    Without `source` it is the process's environment, and the file `.env` beside manage.py for what that lacks.
    """
    if source is None:
        source = _process_environment()
    config = {name.name: _value(name, profile, source) for name in NAMES}
    config["ENVIRONMENT"] = profile
    if profile != PRODUCTION:
        _fill_keys(config)
    _complete(config, source)
    rules.check(config, profile)
    return config


def settings_module() -> str:
    source = _process_environment()
    environment = _value(NAMES[0], DEVELOPMENT, source)
    return source.get("DJANGO_SETTINGS_MODULE") or f"flashspace.settings.{environment}"


def start() -> None:
    """Name the settings module for Django and read it now, so that a bad value ends the program here."""
    try:
        os.environ["DJANGO_SETTINGS_MODULE"] = module = settings_module()
        importlib.import_module(module)
    except ConfigError as error:
        _stop(error)


def notices(source: Mapping[str, str] | None = None) -> list[str]:
    """What the operator should hear once: names that are set and not needed."""
    source = os.environ if source is None else source
    ignored = [name for name in UNNEEDED if source.get(name)]
    return [f"not needed and ignored: {', '.join(ignored)}"] if ignored else []


def _stop(error: ConfigError) -> NoReturn:
    print(f"configuration: {error}", file=sys.stderr)
    raise SystemExit(EXIT_MISCONFIGURED)


def _process_environment() -> Mapping[str, str]:
    file = ROOT / ".env"
    if file.is_file():
        _DotEnv.read_env(file, overwrite=False)
    return os.environ


def _value(name: Name, profile: str, source: Mapping[str, str]) -> Any:
    spelling = next((n for n in (name.name, *name.aliases) if source.get(n, "").strip()), None)
    raw = source[spelling].strip() if spelling else name.default_in(profile)
    if raw is None:
        return None
    if spelling == "NODE_ENV":  # it has other words ("test", "staging"); only one of them matters
        raw = PRODUCTION if raw == PRODUCTION else DEVELOPMENT
    try:
        return name.parse(raw)
    except ValueError as error:
        shown = "" if name.secret else f" (it is {raw!r})"
        raise ConfigError(f"{spelling or name.name} {error}{shown}") from None


def _fill_keys(config: Config) -> None:
    missing = [name.name for name in NAMES if name.name in rules.KEYS and not config[name.name]]
    if missing:
        made = development_keys(config["DATA_DIR"])
        config.update({name: made[name] for name in missing})


def _complete(config: Config, source: Mapping[str, str]) -> None:
    """Defaults that follow from other values."""
    if config["PUBLIC_URL"] is None and config["ENVIRONMENT"] != PRODUCTION:
        config["PUBLIC_URL"] = f"http://localhost:{config['PORT']}"
    config["FRONTEND_URL"] = config["FRONTEND_URL"] or config["PUBLIC_URL"]
    for name in rules.KEYS:
        config[name] = [key.strip() for key in (config[name] or "").split(",") if key.strip()]
    if config["EMAIL_URL"] is None:
        config["EMAIL_URL"] = rules.relay(config)
