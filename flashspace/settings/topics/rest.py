"""Django REST framework and its OpenAPI documents. What an answer looks like is a dialect's business."""

from flashspace import __version__

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.api.authentication.SessionJWTAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["flashspace.dialects.codec.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["flashspace.dialects.codec.JSONRenderer"],
    "EXCEPTION_HANDLER": "flashspace.dialects.errors.exception_handler",
    "DEFAULT_SCHEMA_CLASS": "flashspace.dialects.openapi.DialectSchema",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

SPECTACULAR_SETTINGS = {
    "TITLE": "FlashSpace",
    "VERSION": __version__,
    "OAS_VERSION": "3.1.0",
    "ENABLE_DJANGO_DEPLOY_CHECK": False,  # it would mix the dialects; each has a document of its own, and a test
    "DISABLE_DOCSTRING_DESCRIPTIONS": True,  # docstrings are for us; `operation` has the words for callers
    "POSTPROCESSING_HOOKS": [],  # the usual one names every list of choices, and asks for a name where two are alike
}

# Keys, issuer and lifetimes are accounts.services.tokens' own.
SIMPLE_JWT = {"TOKEN_TYPE_CLAIM": "typ", "USER_ID_CLAIM": "userId"}
