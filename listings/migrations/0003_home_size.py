from django.db import migrations, models


class Migration(migrations.Migration):
    """The release before goes on writing listings: it needs the default."""

    dependencies = [("listings", "0002_words")]

    operations = [
        migrations.AddField(
            model_name="space",
            name="home_size",
            field=models.CharField(
                blank=True,
                choices=[("1BHK", "1BHK"), ("2BHK", "2BHK"), ("3BHK", "3BHK"), ("4BHK", "4BHK"), ("Villa", "Villa")],
                db_default="",
                default="",
                help_text="Of a rental",
                max_length=8,
            ),
        ),
    ]
