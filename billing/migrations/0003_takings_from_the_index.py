from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_desk")]

    operations = [
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                fields=["paid_at", "subtotal", "tax_amount"],
                name="invoice_paid",
                condition=models.Q(("status", "paid")),
            ),
        ),
    ]
