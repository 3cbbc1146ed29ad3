from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Mail, User
from accounts.services.delivery import deliver
from accounts.services.verification import send_code
from flashspace.base.clock import now
from flashspace.base.errors import DomainError
from flashspace.base.text import normalize_email


class Command(BaseCommand):
    help = "Mail a verification code to an account that waits for one, and say where it went."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the address of the account")

    def handle(self, *args: Any, **options: Any) -> None:
        email = normalize_email(options["email"])
        user = User.objects.filter(email=email, is_active=True).first()
        if user is None:
            raise CommandError(f"{email} has no account; sign up first")
        if user.is_email_verified:
            raise CommandError(f"{email} is verified already")
        began = now()
        try:
            send_code(email=email)
        except DomainError as error:
            wait = f" (again in {error.retry_after} s)" if error.retry_after else ""
            raise CommandError(f"{error.message}{wait}") from None
        mail = Mail.objects.filter(user=user, template="verify_email", created_at__gte=began).latest("created_at")
        deliver(mail.pk, now())  # does nothing where a worker was faster
        self.stdout.write(self.style.SUCCESS(f"a code for {email} goes out by {settings.EMAIL_BACKEND}"))
        if settings.EMAIL_BACKEND.endswith("mailbox.EmailBackend"):
            self.stdout.write(f"read it in {settings.EMAIL_FILE_PATH}, and enter it with POST /api/auth/verify-otp")
        mail.refresh_from_db()
        if mail.last_error:
            raise CommandError(f"not sent: {mail.last_error}")
