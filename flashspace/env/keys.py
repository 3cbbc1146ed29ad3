"""Keys that a development machine makes for itself, once."""

import json
import os
import secrets
from pathlib import Path

from flashspace.env.errors import ConfigError

NAMES = ("SECRET_KEY", "JWT_SECRET", "FIELD_ENCRYPTION_KEYS")


def development_keys(directory: Path) -> dict[str, str]:
    """The keys in `directory`/keys.json, made now if there are none. Readable by the owner only."""
    path = directory / "keys.json"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _create(path)
        keys = json.loads(path.read_text(encoding="utf-8"))
        return {name: str(keys[name]) for name in NAMES}
    except OSError as error:
        raise ConfigError(f"DATA_DIR cannot be used: {error.strerror} ({path})") from None
    except (ValueError, KeyError, TypeError):
        raise ConfigError(f"DATA_DIR holds a damaged key file: remove {path} to make new keys") from None


def _create(path: Path) -> None:
    """Written apart and linked into place: of two programs that start at once, one wins and both read the same keys."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump({name: secrets.token_urlsafe(48) for name in NAMES}, file)
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
