"""Files from strangers: what they are is read from their bytes, and must be what their name says."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from django.core.files.base import File

from accounts.services.pictures import Kind, reencode
from flashspace.base.errors import Invalid

MEGABYTE: Final = 1024 * 1024
PDF: Final = "application/pdf"
JPEG: Final = "image/jpeg"
PNG: Final = "image/png"

BY_SUFFIX: Final = {".pdf": PDF, ".jpg": JPEG, ".jpeg": JPEG, ".png": PNG}
SUFFIX: Final = {PDF: ".pdf", JPEG: ".jpg", PNG: ".png"}
PICTURES: Final[dict[str, Kind]] = {JPEG: "JPEG", PNG: "PNG"}
SIGNATURES: Final = {PDF: b"%PDF-", JPEG: b"\xff\xd8\xff", PNG: b"\x89PNG\r\n\x1a\n"}
PDF_END: Final = b"%%EOF"
PDF_TAIL: Final = 1024  # where readers look for the end; behind it another file could hide


@dataclass(frozen=True)
class CleanFile:
    """What is stored: pictures encoded anew, PDFs as they came."""

    content: bytes
    content_type: str
    sha256: str

    @property
    def suffix(self) -> str:
        return SUFFIX[self.content_type]


def clean_upload(
    upload: "File[bytes]",
    *,
    types: Collection[str] = (PDF, JPEG, PNG),
    most_bytes: int = 10 * MEGABYTE,
    field: str = "file",
) -> CleanFile:
    """Read an upload, refuse it unless its bytes are what its name says. Raises Invalid.

    Does not look for viruses, and does not open PDFs: they are handed out as attachments or in a sandbox only.
    """
    wanted = _type_of_name(upload.name or "", types, field)
    content = _read(upload, most_bytes, field)
    if not content.startswith(SIGNATURES[wanted]):
        raise Invalid("The content is not what the name of the file says", field=field)
    if wanted in PICTURES:
        content = reencode(content, PICTURES[wanted], field=field)
    elif PDF_END not in content[-PDF_TAIL:]:
        raise Invalid("The PDF is cut off or has something behind its end", field=field)
    return CleanFile(content, wanted, hashlib.sha256(content).hexdigest())


def _type_of_name(name: str, types: Collection[str], field: str) -> str:
    wanted = BY_SUFFIX.get(PurePath(name).suffix.lower())
    if wanted is None or wanted not in types:
        allowed = ", ".join(suffix[1:] for suffix, one in BY_SUFFIX.items() if one in types)
        raise Invalid(f"The file must be one of: {allowed}", field=field)
    return wanted


def _read(upload: "File[bytes]", most_bytes: int, field: str) -> bytes:
    content: bytes = upload.read(most_bytes + 1)
    if not content:
        raise Invalid("The file is empty", field=field)
    if len(content) > most_bytes:
        raise Invalid(f"The file is larger than {most_bytes // MEGABYTE} MB", field=field)
    return content
