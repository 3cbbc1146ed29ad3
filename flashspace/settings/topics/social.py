from typing import Any


def social_providers(config: dict[str, Any]) -> dict[str, Any]:
    """Google by allauth. Its addresses are settings so that a local server can stand in for Google."""
    app = {"client_id": config["GOOGLE_CLIENT_ID"] or "", "secret": config["GOOGLE_CLIENT_SECRET"] or "", "key": ""}
    return {
        "google": {
            "APPS": [app] if config["GOOGLE_CLIENT_ID"] else [],
            "SCOPE": ["openid", "email", "profile"],
            "OAUTH_PKCE_ENABLED": True,
            "ACCESS_TOKEN_URL": config["GOOGLE_TOKEN_URL"],
            "AUTHORIZE_URL": config["GOOGLE_AUTHORIZE_URL"],
            "CERTS_URL": config["GOOGLE_CERTS_URL"],
            "ID_TOKEN_ISSUER": config["GOOGLE_ISSUER"],
        }
    }
