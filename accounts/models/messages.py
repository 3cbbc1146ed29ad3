from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.enums import MailStatus
from flashspace.base.models import BaseModel


class Mail(BaseModel):
    """A mail to send, written in the transaction that promises it. Delivery leases it, sends it and marks it.

    Secrets stand in the texts as encrypted marks that only the outgoing back end opens; once sent they are struck out.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="mails")
    to = models.CharField(max_length=254)
    template = models.CharField(max_length=64)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)
    attachments = models.JSONField(default=list, blank=True, help_text="[kind, id] pairs, made when it is sent")
    dedupe_key = models.CharField(max_length=128, null=True, blank=True, unique=True)
    status = models.CharField(max_length=8, choices=MailStatus, default=MailStatus.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(help_text="Not before; while it is being sent, the end of the lease")
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=500, blank=True)

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
