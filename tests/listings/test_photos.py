"""Photos: checked and encoded anew; an owner's wait for approval, and go with their change."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import orjson
import pytest
from django.core.files.base import ContentFile
from PIL import Image

from accounts.models import AuditEntry, User
from flashspace.base.errors import Invalid
from flashspace.base.models import new_id
from listings.enums import RevisionStatus, SpaceStatus
from listings.exceptions import NotYourSpace, PhotoUnknown, TooManyPhotos
from listings.models import Space, SpacePhoto, SpaceRevision
from listings.services import photos
from listings.services.photos import add_photo, describe_photo, remove_photo
from listings.services.reviews import approve_revision, reject_revision
from tests.factories.listings import SpaceFactory

Committed = Callable[..., Any]


def picture(name: str = "house.png", *, kind: str = "PNG") -> ContentFile:
    content = BytesIO()
    Image.new("RGB", (8, 6), "teal").save(content, kind)
    return ContentFile(content.getvalue(), name)


def images(space: Space) -> list[str]:
    found: list[str] = orjson.loads(Space.objects.get(pk=space.pk).document)["images"]
    return found


def proposed_images(space: Space) -> list[str]:
    found: list[str] = orjson.loads(space.revisions.get(status=RevisionStatus.PENDING).document)["images"]
    return found


def is_stored(photo: SpacePhoto) -> bool:
    return bool(photo.file.storage.exists(photo.file.name))


def test_staff_s_photo_is_public_at_once_under_a_name_nobody_can_guess(staff: User) -> None:
    space = SpaceFactory(image_url="")

    first = add_photo(space=space, upload=picture(), caption="Front", actor=staff)
    second = add_photo(space=space, upload=picture("b.jpg", kind="JPEG"), actor=staff)

    assert images(space) == [first.file.url, second.file.url]
    assert (first.position, second.position, first.caption) == (0, 1, "Front")
    assert first.file.url == f"/uploads/{first.file.name}"
    assert "house" not in first.file.name
    assert second.file.name.endswith(".jpg")
    assert orjson.loads(Space.objects.get().list_document)["image"] == first.file.url
    assert [entry.action for entry in AuditEntry.objects.all()] == ["space.photo_add"] * 2


@pytest.mark.parametrize(
    "upload",
    [
        ContentFile(b"<svg onload=alert(1)>", "x.png"),
        ContentFile(b"%PDF-1.4 %%EOF", "x.pdf"),
        ContentFile(b"", "x.png"),
        ContentFile(b"\x89PNG\r\n\x1a\n" + b"0" * 100, "x.png"),
    ],
    ids=["markup", "pdf", "empty", "broken"],
)
def test_what_is_no_picture_is_refused(staff: User, upload: ContentFile) -> None:
    with pytest.raises(Invalid) as caught:
        add_photo(space=SpaceFactory(), upload=upload, actor=staff)

    assert caught.value.field == "images"
    assert not SpacePhoto.objects.exists()


def test_photo_larger_than_five_megabytes_is_refused(staff: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "MOST_BYTES", 10)

    with pytest.raises(Invalid, match="larger"):
        add_photo(space=SpaceFactory(), upload=picture(), actor=staff)


def test_there_is_a_most_of_photos(staff: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "MOST_PHOTOS", 1)
    space = SpaceFactory()
    add_photo(space=space, upload=picture(), actor=staff)

    with pytest.raises(TooManyPhotos):
        add_photo(space=space, upload=picture(), actor=staff)


def test_another_owner_adds_and_removes_nothing(owner: User, other_owner: User, staff: User) -> None:
    space = SpaceFactory(owner=owner)
    photo = add_photo(space=space, upload=picture(), actor=staff)

    with pytest.raises(NotYourSpace):
        add_photo(space=space, upload=picture(), actor=other_owner)
    with pytest.raises(NotYourSpace):
        remove_photo(photo=photo, actor=other_owner)


def test_owner_s_photo_of_a_rejected_listing_counts_and_the_listing_waits(owner: User) -> None:
    space = SpaceFactory(owner=owner, status=SpaceStatus.REJECTED)

    add_photo(space=space, upload=picture(), actor=owner)

    assert Space.objects.get().status == SpaceStatus.PENDING
    assert len(images(space)) == 1
    assert not SpaceRevision.objects.exists()


def test_owner_s_photo_of_what_is_approved_waits_and_is_public_when_approved(owner: User, staff: User) -> None:
    space = SpaceFactory(owner=owner)

    photo = add_photo(space=space, upload=picture(), actor=owner)

    assert images(space) == []
    assert proposed_images(space) == [photo.file.url]
    approve_revision(revision=SpaceRevision.objects.get(), actor=staff)
    assert images(space) == [photo.file.url]
    assert not SpacePhoto.objects.get().is_proposed


def test_rejected_photo_goes_with_its_file(
    owner: User, staff: User, django_capture_on_commit_callbacks: Committed
) -> None:
    space = SpaceFactory(owner=owner)
    photo = add_photo(space=space, upload=picture(), actor=owner)

    with django_capture_on_commit_callbacks(execute=True):
        reject_revision(revision=SpaceRevision.objects.get(), reason="Blurred", actor=staff)
        assert is_stored(photo)  # until the transaction has committed

    assert not SpacePhoto.objects.exists()
    assert not is_stored(photo)


def test_owner_s_removal_waits_and_the_photo_goes_when_approved(
    owner: User, staff: User, django_capture_on_commit_callbacks: Committed
) -> None:
    space = SpaceFactory(owner=owner)
    photo = add_photo(space=space, upload=picture(), actor=staff)

    remove_photo(photo=photo, actor=owner)

    assert images(space) == [photo.file.url]
    assert proposed_images(space) == []
    with django_capture_on_commit_callbacks(execute=True):
        approve_revision(revision=SpaceRevision.objects.get(), actor=staff)
    assert images(space) == []
    assert not is_stored(photo)


def test_a_proposed_photo_that_is_taken_back_leaves_no_trace(
    owner: User, staff: User, django_capture_on_commit_callbacks: Committed
) -> None:
    space = SpaceFactory(owner=owner)
    kept = add_photo(space=space, upload=picture(), actor=owner)
    photo = add_photo(space=space, upload=picture(), actor=owner)

    with django_capture_on_commit_callbacks(execute=True):
        remove_photo(photo=photo, actor=owner)

    assert not is_stored(photo)
    assert proposed_images(space) == [kept.file.url]
    assert SpaceRevision.objects.get().changes["photos"] == {"add": [str(kept.pk)], "remove": []}


def test_staff_removes_a_photo_with_its_file(staff: User, django_capture_on_commit_callbacks: Committed) -> None:
    space = SpaceFactory()
    photo = add_photo(space=space, upload=picture(), actor=staff)

    with django_capture_on_commit_callbacks(execute=True):
        remove_photo(photo=photo, actor=staff)

    assert images(space) == []
    assert not is_stored(photo)
    with pytest.raises(PhotoUnknown):
        remove_photo(photo=photo, actor=staff)


def test_file_of_a_photo_that_could_not_be_recorded_does_not_stay(staff: User, monkeypatch: pytest.MonkeyPatch) -> None:
    space = SpaceFactory()
    stored: list[str] = []

    def fail(space: Space, photo: SpacePhoto, *rest: Any, **options: Any) -> None:
        stored.append(str(photo.file.name))
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(photos, "_follow_up", fail)
    with pytest.raises(RuntimeError):
        add_photo(space=space, upload=picture(), actor=staff)

    assert stored
    assert not SpacePhoto._meta.get_field("file").storage.exists(stored[0])
    assert not SpacePhoto.objects.exists()


def test_a_stranger_s_file_is_not_even_looked_at(other_owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    monkeypatch.setattr(photos, "clean_upload", lambda upload, **options: looked.append(upload.name))

    with pytest.raises(NotYourSpace):
        add_photo(space=SpaceFactory(), upload=picture(), actor=other_owner)

    assert looked == []


def test_only_staff_arrange_photos(owner: User, staff: User) -> None:
    space = SpaceFactory(owner=owner)
    photo = add_photo(space=space, upload=picture(), actor=staff)

    with pytest.raises(NotYourSpace):
        describe_photo(photo=photo, caption="Mine", position=5, actor=owner)
    describe_photo(photo=photo, caption="Garden", position=5, actor=staff)

    photo.refresh_from_db()
    assert (photo.caption, photo.position) == ("Garden", 5)
    photo.delete()
    with pytest.raises(PhotoUnknown):
        describe_photo(photo=SpacePhoto(pk=new_id(), space=space), caption="", position=0, actor=staff)
