"""Django REST framework and its OpenAPI documents. What an answer looks like is a dialect's business."""

from importlib.util import find_spec

from flashspace import __version__

_AUTHENTICATION = "accounts.api.authentication"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": (
        [f"{_AUTHENTICATION}.SessionJWTAuthentication"] if find_spec(_AUTHENTICATION) else []  # until it has landed
    ),
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["flashspace.dialects.codec.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["flashspace.dialects.codec.JSONRenderer"],
    "EXCEPTION_HANDLER": "flashspace.dialects.errors.exception_handler",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

SPECTACULAR_SETTINGS = {
    "TITLE": "FlashSpace",
    "VERSION": __version__,
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# Keys, issuer and lifetimes are accounts.services.tokens' own.
SIMPLE_JWT = {"TOKEN_TYPE_CLAIM": "typ", "USER_ID_CLAIM": "userId"}
