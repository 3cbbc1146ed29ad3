from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_session_ends"),
    ]

    operations = [
        migrations.AddField(
            model_name="organization",
            name="pending_email",
            field=models.EmailField(blank=True, help_text="Becomes the address once it is confirmed", max_length=254),
        ),
    ]
