from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class FlashSpaceConfig(AppConfig):
    name = "flashspace"

    def ready(self) -> None:
        # Importing the Celery app makes it the one that every task belongs to.
        from flashspace import celery  # noqa: F401


class FlashSpaceAdminConfig(AdminConfig):
    default_site = "flashspace.admin.FlashSpaceAdminSite"
