from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "billing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What accounts hands out without knowing what it is: invoices with mails, and in a person's own data."""
        from accounts.selectors import own_data
        from accounts.services.mail import register_attachment
        from billing.selectors.own_data import INVOICES, PAYMENTS
        from billing.services.papers import attach_invoice

        register_attachment("invoice", attach_invoice)
        own_data.register("invoices", INVOICES)
        own_data.register("payments", PAYMENTS)
