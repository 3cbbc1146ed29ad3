import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import flashspace.base.clock
import flashspace.base.models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0014_support_views"),
    ]

    operations = [
        migrations.CreateModel(
            name="Sms",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=flashspace.base.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(default=flashspace.base.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("to", models.CharField(max_length=254)),
                ("template", models.CharField(max_length=64)),
                ("text", models.TextField()),
                ("dedupe_key", models.CharField(blank=True, max_length=128, null=True, unique=True)),
                (
                    "status",
                    models.CharField(
                        choices=[("queued", "Queued"), ("sent", "Sent"), ("dead", "Given up")],
                        default="queued",
                        max_length=8,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField(help_text="Not before; while it is being sent, the end of the lease")),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("last_error", models.CharField(blank=True, max_length=500)),
                (
                    "good_until",
                    models.DateTimeField(blank=True, help_text="What it carries is of no use afterwards", null=True),
                ),
                (
                    "handed_at",
                    models.DateTimeField(blank=True, help_text="The provider may have it since then", null=True),
                ),
                ("provider_id", models.CharField(blank=True, help_text="What the provider calls it", max_length=64)),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="sms",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "SMS",
                "verbose_name_plural": "SMS",
                "ordering": ["-created_at"],
                "indexes": [
                    models.Index(condition=models.Q(("status", "queued")), fields=["due_at"], name="sms_due"),
                    models.Index(fields=["-created_at"], name="sms_newest"),
                    models.Index(fields=["status", "-created_at"], name="sms_status_newest"),
                    models.Index(fields=["user", "-created_at"], name="sms_user_newest"),
                    models.Index(fields=["to"], name="sms_to", opclasses=["varchar_pattern_ops"]),
                ],
            },
        ),
    ]
