from typing import Any

from django import template

register = template.Library()


@register.inclusion_tag("accounts/admin/kept_lists.html", takes_context=True)
def kept_lists(context: dict[str, Any], cl: Any) -> dict[str, Any]:
    # Not at import: the theme itself loads every library of tags while it is being loaded.
    from accounts.admin.kept_lists import chips
    from accounts.services.desk import clean_query

    request = context["request"]
    shown = chips(request, cl.model_admin)
    query = clean_query(request.GET.urlencode())
    is_known = any(chip.is_chosen for chip in shown)
    return {"request": request, "chips": shown, "page": cl.opts.label_lower, "query": "" if is_known else query}
