"""The OpenAPI documents and their browser, at /api/schema/<dialect> and /api/docs."""

from functools import cache

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, re_path
from django.views.decorators.http import require_safe
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer

from flashspace.dialects import DIALECTS
from flashspace.dialects.openapi import remembered_schema

DOCUMENTS = [{"name": dialect.title, "url": f"/api/schema/{dialect.name}"} for dialect in DIALECTS.values()]


@require_safe
def schema(request: HttpRequest, name: str) -> HttpResponse:
    """JSON, or YAML with `?format=yaml`."""
    if name not in DIALECTS:
        raise Http404
    form = "yaml" if request.GET.get("format") == "yaml" else "json"
    return HttpResponse(_rendered(name, form, settings.ROOT_URLCONF), content_type=f"application/{form}")


@cache
def _rendered(name: str, form: str, urlconf: str) -> bytes:
    renderer = OpenApiYamlRenderer() if form == "yaml" else OpenApiJsonRenderer()
    text: bytes = renderer.render(remembered_schema(name))
    return text


@require_safe
def browser(request: HttpRequest) -> HttpResponse:
    """Swagger UI with all documents to choose from; its script is a file, as `script-src 'self'` wants."""
    return render(request, "reference.html", {"documents": DOCUMENTS})


urlpatterns: list[URLPattern] = [
    path("api/schema/<str:name>", schema, name="schema"),
    re_path(r"^api/docs/?$", browser, name="reference"),
]
