from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.enums import MailStatus
from accounts.models import Mail, User
from accounts.services.delivery import deliver
from accounts.services.verification import send_code
from flashspace.base.clock import now
from flashspace.base.errors import DomainError
from flashspace.base.text import normalize_email
from flashspace.mailbox import EmailBackend


class Command(BaseCommand):
    help = "Mail a verification code to an account that waits for one, and say what became of the mail"
