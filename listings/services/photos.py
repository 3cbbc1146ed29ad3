"""Photos of a listing: checked, encoded anew, under names nobody can guess."""

from collections.abc import Collection
from functools import partial
from uuid import UUID

from django.db import transaction

from listings.models import Space, SpacePhoto


def drop_photos(space: Space, ids: Collection[UUID]) -> None:
    """Delete photos with their files; the files go once the transaction has committed."""
    for photo in SpacePhoto.objects.filter(space=space, pk__in=ids):
        photo.delete()
        storage, name = photo.file.storage, photo.file.name
        transaction.on_commit(partial(storage.delete, name), robust=True)
