import logging

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.backends.signals import connection_created
from django.utils.module_loading import autodiscover_modules

from flashspace import env
from flashspace.base.patience import wait_with_patience

log = logging.getLogger(__name__)


class FlashSpaceConfig(AppConfig):
    name = "flashspace"

    def ready(self) -> None:
        # Importing the Celery app makes it the one that every task belongs to.
        from flashspace import celery  # noqa: F401

        connection_created.connect(wait_with_patience)
        autodiscover_modules("tasks", "health", "gauges")
        for notice in env.notices():
            log.warning(notice)


class FlashSpaceAdminConfig(AdminConfig):
    default_site = "flashspace.admin.FlashSpaceAdminSite"
