import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_what_owners_end"),
    ]

    operations = [
        migrations.AddField(
            model_name="onetimetoken",
            name="session",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.session"
            ),
        ),
    ]
