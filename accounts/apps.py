from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.services.budgets import take
        from accounts.system_roles import write_system_roles
        from flashspace.base.ciphertext import declare_in_json
        from flashspace.dialects.limits import register_budget_store

        register_budget_store(take)
        declare_in_json("mfa.Authenticator", "data", "secret")  # filled by accounts.services.mfa
        post_migrate.connect(write_system_roles, sender=self)
