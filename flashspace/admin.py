from collections.abc import Iterable
from typing import Any

from django.db.models import Model
from unfold.checks import UnfoldModelAdminChecks
from unfold.sites import UnfoldAdminSite

from flashspace.admin_checks import ButtonChecks


class FlashSpaceAdminSite(UnfoldAdminSite):
    """The staff's site; every app registers its models with it."""

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        super().register(model_or_iterable, admin_class, **options)
        models: Iterable[type[Model]] = (
            model_or_iterable if isinstance(model_or_iterable, Iterable) else [model_or_iterable]
        )
        for model in models:
            registered = self._registry.get(model)  # none where a project's own model took the place, as for User
            if registered is not None and registered.checks_class is UnfoldModelAdminChecks:
                registered.checks_class = ButtonChecks
