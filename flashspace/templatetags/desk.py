"""Words of the staff's pages: what the theme takes from models, as people say it."""

import re
from typing import Any

from django import template
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db.models import ForeignKey

register = template.Library()
OF_A_COLUMN = re.compile(r"(?<=\w) (at|on)$")
EMAIL = re.compile(r"\b([Ee])mail\b")


@register.filter
def plain_label(label: Any) -> str:
    """Of a column's name the words: `Created at` as Created, `Email verified at` as E-mail verified."""
    return EMAIL.sub(r"\1-mail", OF_A_COLUMN.sub("", str(label)))


@register.filter
def menu_name(title: Any) -> str:
    """What a list is called in the menu, where that is not its model's name."""
    # Not at import: the theme itself loads every library of tags while it is being loaded.
    from flashspace.dashboard.navigation import menu_names

    return menu_names().get(str(title), str(title))


@register.filter
def within_reach(field: Any) -> Any:
    """What a field says that is only read; the row that it points to is a link for who may go there, not for all."""
    from accounts.admin.pages import link_to

    name, row = field.field["field"], field.form.instance
    try:
        if isinstance(name, str) and isinstance(row._meta.get_field(name), ForeignKey):
            return link_to(getattr(row, name))
    except (FieldDoesNotExist, ObjectDoesNotExist):  # no column, or one that outlived its row
        pass
    return field.contents()
