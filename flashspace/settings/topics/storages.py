from typing import Any

S3 = "storages.backends.s3.S3Storage"


def storages(config: dict[str, Any]) -> dict[str, Any]:
    """`default` is what anybody may see, `private` (KYC, invoices, agreements) lies outside every served tree."""
    static = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    if config["AWS_STORAGE_BUCKET_NAME"]:
        return {
            "default": _s3(config, config["AWS_STORAGE_BUCKET_NAME"], querystring_auth=False),
            "private": _s3(config, config["AWS_PRIVATE_BUCKET_NAME"], querystring_auth=True, querystring_expire=300),
            "staticfiles": static,
        }
    private = {
        "location": config["DATA_DIR"] / "private",
        "file_permissions_mode": 0o600,
        "directory_permissions_mode": 0o700,
    }
    return {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "private": {"BACKEND": "flashspace.base.storages.PrivateFileStorage", "OPTIONS": private},
        "staticfiles": static,
    }


def _s3(config: dict[str, Any], bucket: str, **options: Any) -> dict[str, Any]:
    return {
        "BACKEND": S3,
        "OPTIONS": {
            "bucket_name": bucket,
            "access_key": config["AWS_ACCESS_KEY_ID"],
            "secret_key": config["AWS_SECRET_ACCESS_KEY"],
            "region_name": config["AWS_S3_REGION_NAME"],
            "endpoint_url": config["AWS_S3_ENDPOINT_URL"],
            "signature_version": "s3v4",
            "default_acl": None,
            "file_overwrite": False,
            **options,
        },
    }
