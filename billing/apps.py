from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "billing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Invoices are attached to mails, which accounts sends without knowing what an invoice is."""
        from accounts.services.mail import register_attachment
        from billing.services.papers import attach_invoice

        register_attachment("invoice", attach_invoice)
