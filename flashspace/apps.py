from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.module_loading import autodiscover_modules


class FlashSpaceConfig(AppConfig):
    name = "flashspace"

    def ready(self) -> None:
        # Importing the Celery app makes it the one that every task belongs to.
        from flashspace import celery  # noqa: F401

        autodiscover_modules("health")


class FlashSpaceAdminConfig(AdminConfig):
    default_site = "flashspace.admin.FlashSpaceAdminSite"
