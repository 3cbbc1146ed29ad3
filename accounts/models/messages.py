from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.enums import MailStatus
from accounts.marks import MarkedTextField
from flashspace.base.models import BaseModel


class OutgoingMessage(BaseModel):
    """Something to send, written in the transaction that promises it. Delivery leases it, sends it and marks it.

    Secrets stand in the texts as encrypted marks that only the outgoing side opens; once sent they are struck out.
    """

    to = models.CharField(max_length=254)
    template = models.CharField(max_length=64)
    text = MarkedTextField()
    dedupe_key = models.CharField(max_length=128, null=True, blank=True, unique=True)
    status = models.CharField(max_length=8, choices=MailStatus, default=MailStatus.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(help_text="Not before; while it is being sent, the end of the lease")
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=500, blank=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        abstract = True

    @property
    def headline(self) -> str:
        """What it is about, without a secret."""
        return self.template.replace("_", " ").capitalize()


class Mail(OutgoingMessage):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="mails")
    subject = models.CharField(max_length=200)
    html = MarkedTextField(blank=True)
    attachments = models.JSONField(default=list, blank=True, help_text="[kind, id] pairs, made when it is sent")

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(status="queued"), name="mail_due"),
            models.Index(fields=["-created_at"], name="mail_newest"),
            models.Index(fields=["status", "-created_at"], name="mail_status_newest"),
            models.Index(fields=["template", "-created_at"], name="mail_template_newest"),
            models.Index(fields=["user", "-created_at"], name="mail_user_newest"),
            models.Index(fields=["to"], name="mail_to", opclasses=["varchar_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return f"{self.subject} ({self.to})"

    @property
    def headline(self) -> str:
        return self.subject


class Sms(OutgoingMessage):
    """`handed_at` is set just before the provider gets it, and taken back when the provider surely refused it: while it
    is set, and nothing says that the SMS was sent, it may have been."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="sms")
    good_until = models.DateTimeField(null=True, blank=True, help_text="What it carries is of no use afterwards")
    handed_at = models.DateTimeField(null=True, blank=True, help_text="The provider may have it since then")
    provider_id = models.CharField(max_length=64, blank=True, help_text="What the provider calls it")

    class Meta:
        ordering = ["-created_at"]
        verbose_name = "SMS"
        verbose_name_plural = "SMS"
        indexes = [
            models.Index(fields=["due_at"], condition=Q(status="queued"), name="sms_due"),
            models.Index(fields=["-created_at"], name="sms_newest"),
            models.Index(fields=["status", "-created_at"], name="sms_status_newest"),
            models.Index(fields=["user", "-created_at"], name="sms_user_newest"),
            models.Index(fields=["to"], name="sms_to", opclasses=["varchar_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return f"{self.headline} ({self.to})"


class Notification(BaseModel):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=48)
    title = models.CharField(max_length=150)
    message = models.CharField(max_length=500, blank=True)
    data: Any = models.JSONField(default=dict, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="notification_newest"),
            models.Index(fields=["-created_at"], name="notification_all_newest"),
        ]

    def __str__(self) -> str:
        return self.title
