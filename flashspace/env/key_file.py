"""Keys in a file of environment lines, such as `.env`: read, and written anew without touching anything else."""

import io
import os
import re
import secrets
import stat
from collections.abc import MutableMapping, Sequence
from contextlib import suppress
from pathlib import Path

import environ

from flashspace.env.errors import ConfigError
from flashspace.env.names import NAMES

MOST_LIVE = 2  # of one name: the new one and the one before
PLAIN = re.compile(r"[A-Za-z0-9_.+/=,-]*")  # what every reader of such lines takes as it stands
KEPT = stat.S_IRUSR | stat.S_IWUSR | stat.S_IRGRP  # of a file's mode: nobody else, and nobody else's group


def new_key() -> str:
    """384 random bits."""
    return secrets.token_urlsafe(48)


def line_of(name: str, keys: Sequence[str]) -> str:
    """As environ, Compose and a shell read it alike. Raises ConfigError."""
    value = ",".join(keys)
    if PLAIN.fullmatch(value):
        return f"{name}={value}"
    if "'" not in value and not value.endswith("\\"):
        return f"{name}='{value}'"
    if not set(value) & set('"$`\\'):
        return f'{name}="{value}"'
    raise ConfigError(f"{name} has a key with quotes that cannot be written safely: write the line by hand")


def read_keys(path: Path, name: str) -> list[str]:
    """Newest first; none if the file does not name them. Raises ConfigError."""
    found = _found(_text(path), path, name)
    return _keys_in(found[0], found["name"]) if found else []


def named_by_the_process(name: str) -> str | None:
    """The spelling by which the environment of this process has it: that wins over any file."""
    return next((one for one in _spellings(name) if os.environ.get(one, "").strip()), None)


def write_keys(path: Path, name: str, keys: Sequence[str]) -> None:
    """In the place of the line that was read, else at the end. Nobody reads the file but its owner and, if it could
    before, its group; whoever reads it meanwhile sees the old one or the new one whole. Raises ConfigError.
    """
    text = _text(path)
    found = _found(text, path, name)
    if found:
        line = f"{found['export']}{line_of(found['name'], keys)}"
        text = f"{text[: found.start()]}{line}{text[found.end() :]}"
    else:
        text = f"{text.rstrip()}\n{line_of(name, keys)}\n".lstrip("\n")
    written = _found(text, path, name)
    if written is None or _keys_in(written[0], written["name"]) != list(keys):
        raise ConfigError(f"{name} has a key that would not be read as it is written: write the line by hand")
    try:
        _replace(path, text)
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror}") from None


def _replace(path: Path, text: str) -> None:
    path = path.resolve()  # what a link leads to is replaced, not the link
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            _belong_alike(draft, path.stat())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _belong_alike(draft: Path, old: os.stat_result) -> None:
    """To the same owner and group, as far as this process may; the group reads only what was its own before."""
    if os.geteuid() == 0:
        os.chown(draft, old.st_uid, old.st_gid)
    else:
        with suppress(OSError):
            os.chown(draft, -1, old.st_gid)
    has_its_group = draft.stat().st_gid == old.st_gid
    draft.chmod(stat.S_IMODE(old.st_mode) & (KEPT if has_its_group else KEPT & ~stat.S_IRGRP))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8") if path.exists() else ""
    except (OSError, UnicodeDecodeError):
        raise ConfigError(f"{path} cannot be read") from None


def _keys_in(line: str, spelling: str) -> list[str]:
    """As the program reads the line, quotes and all."""

    class Line(environ.Env):
        ENVIRON: MutableMapping[str, str] = {}

    Line.read_env(io.StringIO(line))
    return [key.strip() for key in Line.ENVIRON.get(spelling, "").split(",") if key.strip()]


def _spellings(name: str) -> tuple[str, ...]:
    known = next(one for one in NAMES if one.name == name)
    return (known.name, *known.aliases)


def _found(text: str, path: Path, name: str) -> "re.Match[str] | None":
    """The line that names it, by whichever spelling, as environ reads lines."""
    lines = re.compile(rf"^(?P<export>(?:export )?)(?P<name>{'|'.join(_spellings(name))})=.*$", re.MULTILINE)
    found = list(lines.finditer(text))
    if len(found) > 1:
        raise ConfigError(f"{path} names {name} more than once")
    return found[0] if found else None
