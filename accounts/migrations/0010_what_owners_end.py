from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_organization_pending_email"),
    ]

    operations = [
        migrations.AddField(
            model_name="onetimetoken",
            name="email",
            field=models.EmailField(
                blank=True,
                default="",
                help_text="The address that it confirms, where it names one",
                max_length=254,
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="session",
            name="end_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("logout", "Signed out"),
                    ("logout_all", "Signed out everywhere"),
                    ("password", "Password changed"),
                    ("revoked", "Ended by staff"),
                    ("deactivated", "Account deactivated"),
                    ("reused", "A used refresh token came back"),
                    ("switched", "Went to another organization"),
                    ("removed", "Removed from the organization"),
                    ("owner", "Ended by the person, from another device"),
                ],
                max_length=16,
            ),
        ),
    ]
