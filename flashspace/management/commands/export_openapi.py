"""Write the OpenAPI documents, or check that the written ones are up to date."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import jsonschema
from django.core.management.base import BaseCommand, CommandError
from drf_spectacular.renderers import OpenApiJsonRenderer

from flashspace.dialects import DIALECTS
from flashspace.dialects.openapi import SchemaIncomplete, schema_for


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dialect", choices=sorted(DIALECTS), help="only this one")
        parser.add_argument("--output", type=Path, default=Path("docs/openapi"), metavar="DIR")
        parser.add_argument("--check", action="store_true", help="write nothing; fail where a document would change")

    def handle(self, *, dialect: str | None, output: Path, check: bool, **options: Any) -> None:
        stale = []
        for name in [dialect] if dialect else DIALECTS:
            text = self._render(name)
            path = output / f"{name}.json"
            if check:
                if not path.is_file() or path.read_text(encoding="utf-8") != text:
                    stale.append(str(path))
                continue
            output.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            self.stdout.write(f"{path}: {text.count('operationId')} operations")
        if stale:
            raise CommandError(f"not up to date: {', '.join(stale)}; run manage.py export_openapi")

    def _render(self, name: str) -> str:
        try:
            document = schema_for(name)
        except (SchemaIncomplete, jsonschema.ValidationError) as error:
            raise CommandError(f"{name}: {error}") from error
        text: str = OpenApiJsonRenderer().render(document).decode()
        return text + "\n"
