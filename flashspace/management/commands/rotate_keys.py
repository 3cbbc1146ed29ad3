"""Exit codes: 0 done, or told; 1 refused."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.selectors.keys import keys_of, needs_of_older_keys
from accounts.services.keys import change_keys
from flashspace.base.crypto import fingerprint
from flashspace.env.errors import ConfigError
from flashspace.env.key_file import MOST_LIVE, line_of, named_by_the_process, new_key, read_keys, write_keys

KEYS = ("SECRET_KEY", "JWT_SECRET", "FIELD_ENCRYPTION_KEYS")
AFTERWARDS = {
    "SECRET_KEY": "Restart web, worker and beat.",
    "JWT_SECRET": "Restart web, worker and beat.",
    "FIELD_ENCRYPTION_KEYS": "Restart web, worker and beat, then run reencrypt_fields.",
}


class Command(BaseCommand):
    help = (
        "Put a new key in front of one or more of SECRET_KEY, JWT_SECRET and FIELD_ENCRYPTION_KEYS, or take the older "
        "one away. Without a name: tell how they stand. Keys live in the environment: the new line is shown, or "
        "written into a file of such lines"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(KEYS)}, or all")
        parser.add_argument("--retire", action="store_true", help="take the older key away, if nothing needs it")
        parser.add_argument(
            "--anyway", action="store_true", help="with --retire: what needs it ends, people sign in again"
        )
        parser.add_argument("--write", type=Path, metavar="FILE", help="change the line in this file, such as .env")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        names = KEYS if options["names"] == ["all"] else tuple(options["names"])
        if unknown := sorted(set(names) - set(KEYS)):
            raise CommandError(f"{', '.join(unknown)}: known are {', '.join(KEYS)} and all")
        if not names:
            for name in KEYS:
                self._tell(name)
            return
        changes = {name: self._retired(name, options) if options["retire"] else self._rotated(name) for name in names}
        if options["write"]:
            for name in names:
                self._check_file(options["write"], name)
        for name, keys in changes.items():
            if options["dry_run"]:
                self.stdout.write(
                    f"{name} would have {len(keys)} keys instead of {len(keys_of(name))}; nothing changed"
                )
            else:
                self._change(name, keys, options["write"])

    def _tell(self, name: str) -> None:
        newest, *older = [fingerprint(key) for key in keys_of(name)]
        self.stdout.write(f"{name}: {newest}" + "".join(f", older {key}" for key in older))
        for line in needs_of_older_keys(name):
            self.stdout.write(f"  still needed for {line}")
        if older and not needs_of_older_keys(name):
            self.stdout.write("  the older one may go: --retire")

    def _rotated(self, name: str) -> list[str]:
        keys = keys_of(name)
        if len(keys) >= MOST_LIVE:
            raise CommandError(
                f"{name} was rotated and its older key is still there: take that away with --retire first"
            )
        return [new_key(), *keys]

    def _retired(self, name: str, options: dict[str, Any]) -> list[str]:
        newest, *older = keys_of(name)
        if not older:
            raise CommandError(f"{name} has one key only: there is nothing to take away")
        needs = needs_of_older_keys(name)
        if needs and (name == "FIELD_ENCRYPTION_KEYS" or not options["anyway"]):
            raise CommandError(f"{name}: the older key is still needed for {'; '.join(needs)}")
        return [newest]

    def _check_file(self, path: Path, name: str) -> None:
        """What the file says must be what runs, or the wrong file would be changed, or a key twice."""
        try:
            written = read_keys(path, name)
        except ConfigError as error:
            raise CommandError(str(error)) from None
        if written and written != keys_of(name):
            raise CommandError(
                f"{path} has other keys for {name} than this process: restart with it, or name another file"
            )
        if not written and (spelling := named_by_the_process(name)):
            raise CommandError(
                f"{path} does not name {name}, and this process has {spelling} in its environment, which would win "
                "over a new line: name the file it comes from, or leave --write out and change it where it is set"
            )

    def _change(self, name: str, keys: list[str], path: Path | None) -> None:
        old = keys_of(name)

        def write() -> None:
            if path:
                write_keys(path, name, keys)
            else:
                self.stdout.write(line_of(name, keys))

        try:
            change_keys(name=name, old=old, new=keys, write=write)
        except ConfigError as error:
            raise CommandError(str(error)) from None
        where = f"in {path}" if path else "the line above belongs into the environment"
        is_new = len(keys) > len(old)
        what = f"a new key, {fingerprint(keys[0])}, before the older one" if is_new else "only the newest key"
        self.stdout.write(f"{name}: {what}; {where}. {AFTERWARDS[name] if is_new else 'Restart web, worker and beat.'}")
