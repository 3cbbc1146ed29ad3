"""Opening a private paper: its owner, and staff who leave a trace. By a bearer token, or by a link of five minutes."""

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.core.files.storage import Storage

from accounts.exceptions import DocumentGone, DocumentUnknown
from accounts.models import KycDocument, User
from accounts.models.kyc import private_storage
from accounts.policies import can_open_document
from accounts.services import audit
from flashspace.base.errors import Unauthenticated
from flashspace.base.links import LinkSigner

log = logging.getLogger(__name__)

DIRECTORY: Final = "kyc"
ORPHANS_KEPT: Final = timedelta(hours=24)

_links: Final = LinkSigner("kyc_document")


class LinkExpired(Unauthenticated):
    message = "This link is good for five minutes and has expired"


@dataclass(frozen=True)
class OpenedFile:
    name: str
    content: bytes
    content_type: str


def open_document(*, document_id: UUID, viewer: User) -> OpenedFile:
    """The stored bytes, checked against what was stored. Each time, unless it is a customer's own, an audit entry.

    Raises DocumentUnknown (for a stranger's too, and for one that is only a reference), DocumentGone.
    """
    document = KycDocument.objects.select_related("profile").filter(pk=document_id).exclude(file="").first()
    if document is None:
        raise DocumentUnknown
    may = can_open_document(viewer, document)
    if not may:
        log.warning("KYC document %s was refused to %s", document.pk, viewer.pk)
    if viewer.is_staff or (may and document.profile.user_id != viewer.pk):
        action = "kyc.document_opened" if may else "kyc.document_refused"
        audit.record(action=action, actor=viewer, target=document, after={"case": document.profile_id})
    if not may:
        raise DocumentUnknown
    suffix = PurePath(document.file.name or "").suffix
    return OpenedFile(f"{document.type}{suffix}", _read(document), document.content_type)


def _read(document: KycDocument) -> bytes:
    try:
        with document.file.open("rb") as file:
            content: bytes = file.read()
    except FileNotFoundError:
        content = b""
    if hashlib.sha256(content).hexdigest() != document.sha256:
        log.error("KYC document %s is not what was stored", document.pk)
        raise DocumentGone
    return content


def link_to(document: KycDocument, viewer: User) -> str:
    """An address that opens the paper for this person: five minutes for a stored file, as it is for a reference."""
    if not document.file:
        return document.file_url
    query = urlencode({"viewer": viewer.pk, "token": _links.token(_claim(document.pk, viewer.pk))})
    return f"{settings.PUBLIC_URL}/api/user/kyc/documents/{document.pk}/file?{query}"


def viewer_of_link(*, document_id: str, viewer: str, token: str) -> User:
    """Whom a link was made for. Raises LinkExpired for any that is not good, and for a deactivated person."""
    if not _links.is_good(_claim(document_id, viewer), token):
        raise LinkExpired
    try:
        return User.objects.get(pk=viewer, is_active=True)
    except User.DoesNotExist:
        raise LinkExpired from None


def _claim(document_id: UUID | str, viewer: UUID | str) -> str:
    return f"{document_id}:{viewer}"


def find_orphans(at: datetime) -> Iterator[str]:
    """Stored files that no row names, left by a process that died between the file and its row."""
    named = set(KycDocument.objects.exclude(file="").values_list("file", flat=True))
    storage = private_storage()
    for name in _stored(storage, DIRECTORY):
        if name not in named and storage.get_modified_time(name) <= at - ORPHANS_KEPT:
            yield name


def remove_orphans(at: datetime) -> int:
    names = list(find_orphans(at))
    for name in names:
        private_storage().delete(name)
    return len(names)


def _stored(storage: Storage, directory: str) -> Iterator[str]:
    try:
        directories, files = storage.listdir(directory)
    except FileNotFoundError:
        return
    yield from (f"{directory}/{name}" for name in files)
    for inner in directories:
        yield from _stored(storage, f"{directory}/{inner}")
