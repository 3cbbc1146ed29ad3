from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_takings_from_the_index")]

    operations = [
        migrations.AlterModelOptions(
            name="invoice",
            options={
                "ordering": ["-created_at"],
                "permissions": [("view_revenue", "Can view what the platform earned")],
            },
        ),
    ]
