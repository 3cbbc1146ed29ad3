from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_organizations"),
    ]

    operations = [
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
                ],
                max_length=16,
            ),
        ),
    ]
