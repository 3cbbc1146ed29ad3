import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from flashspace.dialects.openapi import schema_for
from flashspace.postman import make_collection


class Command(BaseCommand):
    help = "Write a Postman collection of one API: a folder for each part of its document"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dialect", default="flashspace", help="which of the five APIs")
        parser.add_argument("--output", type=Path, help="a file; without it the collection is printed")

    def handle(self, *args: Any, **options: Any) -> None:
        collection = make_collection(schema_for(options["dialect"]), base_url=settings.PUBLIC_URL)
        text = json.dumps(collection, indent=2, ensure_ascii=False) + "\n"
        if options["output"] is None:
            self.stdout.write(text, ending="")
            return
        options["output"].write_text(text, encoding="utf-8")
        count = sum(len(folder["item"]) for folder in collection["item"])
        self.stdout.write(f"{count} requests in {len(collection['item'])} folders: {options['output']}")
