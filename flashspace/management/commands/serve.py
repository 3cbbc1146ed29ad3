from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from flashspace import env
from flashspace.demo.staff import demo_sign_in
from flashspace.server import bind, serve


class Command(BaseCommand):
    help = "Serve HTTP and, without Redis, background work and its clock, in this one process (HOST, PORT)"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--prepare", action="store_true", help="first migrate, and load the demo data into an empty database"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        config = env.current()
        host, port = config["HOST"], config["PORT"]  # no options: the addresses in mails and answers follow them, too
        try:
            bound = bind(host, port)
        except OSError as error:
            self.stderr.write(error.strerror or str(error))
            raise SystemExit(1) from None
        if options["prepare"]:
            self._prepare()
        shown = "localhost" if host in {"0.0.0.0", "127.0.0.1", "::"} else host  # noqa: S104
        embedded = not settings.REDIS_URL
        serve(bound, background=embedded, on_ready=lambda: self._greet(f"http://{shown}:{port}", embedded))

    def _prepare(self) -> None:
        call_command("migrate", verbosity=0)
        call_command("seed_demo", if_empty=True)

    def _greet(self, address: str, embedded: bool) -> None:
        self.stdout.write(f"FlashSpace is at {address}/")
        lines = {"admin": f"{address}/admin/", "API reference": f"{address}/api/docs"}
        if staff := demo_sign_in():
            lines["staff sign-in"] = "  ".join(staff)
        if settings.EMAIL_BACKEND.startswith("flashspace."):
            lines["mail"] = str(settings.EMAIL_FILE_PATH)
        if not embedded:
            lines["tasks"] = "need: celery -A flashspace worker --beat"
        for name, value in lines.items():
            self.stdout.write(f"  {name:14} {value}")
        self.stdout.flush()
