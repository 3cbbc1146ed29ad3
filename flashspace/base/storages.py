from django.core.files.storage import FileSystemStorage


class PrivateFileStorage(FileSystemStorage):
    """Files that only a view with a permission hands out. They have no address of their own."""

    def url(self, name: str | None) -> str:
        raise ValueError("This file is not accessible via a URL.")
