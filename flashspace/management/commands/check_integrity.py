import json
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from flashspace.base.integrity import SHOWN, Rule, rules


def load_rules() -> list[Rule]:
    """Every installed app's `integrity.py`, imported so that its rules stand in the table."""
    for config in apps.get_app_configs():
        name = f"{config.name}.integrity"
        if find_spec(name):
            import_module(name)
    return rules()


class Command(BaseCommand):
    help = "Check what must hold on this database. Exit 0: all holds. 1: broken, with the rows. 2: could not run."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object for machines")
        parser.add_argument("--rule", action="append", default=[], help="only this rule (may be given again)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = self._run(set(options["rule"]))
        except Exception as error:
            self.stderr.write(f"check_integrity could not run: {error}")
            raise SystemExit(2) from error
        if options["json"]:
            self.stdout.write(json.dumps(report))
        else:
            for row in report:
                self._print(row)
        if any(row["violations"] for row in report):
            raise SystemExit(1)

    def _run(self, wanted: set[str]) -> list[dict[str, Any]]:
        report = []
        with transaction.atomic():
            for rule in load_rules():
                if wanted and rule.id not in wanted:
                    continue
                found = rule.find()
                report.append(
                    {"id": rule.id, "text": rule.text, "checked": found.checked, "violations": list(found.violations)}
                )
        return report

    def _print(self, row: dict[str, Any]) -> None:
        broken = row["violations"]
        state = self.style.ERROR(f"{len(broken)} broken") if broken else self.style.SUCCESS("ok")
        self.stdout.write(f"{row['id']:6} {row['checked']:>8} rows  {state}  {row['text']}")
        for line in broken[:SHOWN]:
            self.stdout.write(f"         {line}")
        if len(broken) > SHOWN:
            self.stdout.write(f"         … and {len(broken) - SHOWN} more")
