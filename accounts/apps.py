from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.services.budgets import take
        from flashspace.dialects.limits import register_budget_store

        register_budget_store(take)
