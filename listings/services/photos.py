"""Photos of a listing: checked, encoded anew, under names nobody can guess."""

from collections.abc import Collection
from functools import partial
from typing import Final
from uuid import UUID

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.models import Max

from accounts.models import User
from accounts.services import audit
from accounts.services.uploads import JPEG, MEGABYTE, PNG, CleanFile, clean_upload
from flashspace.base.locks import atomic
from listings.enums import SpaceStatus
from listings.exceptions import NotYourSpace, PhotoUnknown, TooManyPhotos
from listings.models import Space, SpacePhoto
from listings.policies import acts_for_platform, can_change_space
from listings.services.documents import store_documents
from listings.services.revisions import propose_change
from listings.services.spaces import lock_for_change, wait_for_approval

MOST_PHOTOS: Final = 20
MOST_BYTES: Final = 5 * MEGABYTE


def add_photo(*, space: Space, upload: "File[bytes]", caption: str = "", actor: User) -> SpacePhoto:
    """One more photo, JPEG or PNG up to 5 MB. An owner's photo of what is approved waits for approval.

    Raises SpaceUnknown, NotYourSpace, TooManyPhotos, Invalid.
    """
    if not can_change_space(actor, space):  # before the work; looked at again under the lock
        raise NotYourSpace
    clean = clean_upload(upload, types=(JPEG, PNG), most_bytes=MOST_BYTES, field="images")
    return _add(space, clean, caption, actor)


@atomic
def _add(space: Space, clean: CleanFile, caption: str, actor: User) -> SpacePhoto:
    space = lock_for_change(space, actor)
    if space.photos.count() >= MOST_PHOTOS:
        raise TooManyPhotos
    waits = needs_approval(space, actor)
    last = space.photos.aggregate(last=Max("position"))["last"]
    photo = SpacePhoto(space=space, caption=caption, is_proposed=waits, position=0 if last is None else last + 1)
    photo.file.save(f"photo{clean.suffix}", ContentFile(clean.content), save=False)
    try:
        photo.save()
        _follow_up(space, photo, "add", actor, waits=waits)
    except BaseException:
        photo.file.storage.delete(_name(photo))  # the row goes with the transaction, the file would stay
        raise
    return photo


@atomic
def remove_photo(*, photo: SpacePhoto, actor: User) -> None:
    """Take a photo away; an owner's wish to do so with what is approved waits for approval.

    Raises SpaceUnknown, NotYourSpace, PhotoUnknown.
    """
    space = lock_for_change(photo.space, actor)
    found = space.photos.filter(pk=photo.pk).first()
    if found is None:
        raise PhotoUnknown
    waits = needs_approval(space, actor)
    if not waits or found.is_proposed:
        drop_photos(space, [found.pk])
    _follow_up(space, found, "remove", actor, waits=waits)


@atomic
def describe_photo(*, photo: SpacePhoto, caption: str, position: int, actor: User) -> None:
    """Staff's caption and place of a photo; the first one is the listing's picture.

    Raises SpaceUnknown, NotYourSpace, PhotoUnknown.
    """
    space = lock_for_change(photo.space, actor)
    if not acts_for_platform(actor, space):
        raise NotYourSpace
    if not space.photos.filter(pk=photo.pk).update(caption=caption, position=position):
        raise PhotoUnknown
    audit.record(action="space.photo_changed", actor=actor, target=space, after={"photo": _name(photo)})
    store_documents(space)


def needs_approval(space: Space, actor: User) -> bool:
    return space.status == SpaceStatus.APPROVED and not acts_for_platform(actor, space)


def _follow_up(space: Space, photo: SpacePhoto, what: str, actor: User, *, waits: bool) -> None:
    if waits:
        propose_change(space, {"photos": {what: [str(photo.pk)]}}, actor=actor)
    else:
        audit.record(action=f"space.photo_{what}", actor=actor, target=space, after={"photo": _name(photo)})
        if not acts_for_platform(actor, space):
            wait_for_approval(space)
    store_documents(space)


def drop_photos(space: Space, ids: Collection[UUID]) -> None:
    """Delete photos with their files; the files go once the transaction has committed."""
    for photo in SpacePhoto.objects.filter(space=space, pk__in=ids):
        storage, name = photo.file.storage, _name(photo)
        photo.delete()
        transaction.on_commit(partial(storage.delete, name), robust=True)


def _name(photo: SpacePhoto) -> str:
    return str(photo.file.name)
