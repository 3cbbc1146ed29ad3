"""Section 6.3 of the flashspace document, and the private files behind it."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.enums import DocumentType, KycStatus
from accounts.models import AuditEntry, KycDocument, KycProfile, User
from accounts.models.kyc import private_storage
from flashspace.base.clock import now
from tests.accounts.papers import A_PDF, HTML, PDF_WITH_SCRIPT, picture
from tests.contract.shapes import assert_documented, example_of
from tests.factories.accounts import StaffFactory, UserFactory, sign_in_as
from tests.factories.kyc import make_case, make_reviewer

pytestmark = pytest.mark.django_db

KYC, BUSINESS, UPLOAD = "/api/user/kyc", "/api/user/kyc/business-info", "/api/user/kyc/upload"


@pytest.fixture(autouse=True)
def _no_limits(settings):
    settings.RATE_LIMITS = "off"


@pytest.fixture
def user():
    return UserFactory(
        email="anshu@example.com", full_name="Anshu Prasad", phone="+919899223359", phone_typed="+91-9899223359"
    )


def client_of(user):
    return Client(headers={"Authorization": f"Bearer {sign_in_as(user).tokens.access}"}) if user else Client()


@pytest.fixture
def client(user):
    return client_of(user)


def put(client, body):
    return client.put(BUSINESS, body, "application/json")


def send(client, content=A_PDF, name="pan.pdf", **form):
    return client.post(UPLOAD, {"documentType": "pan_card", "file": SimpleUploadedFile(name, content), **form})


def test_documented_business_info(client):
    request, example = example_of("PUT", BUSINESS)
    answer = put(client, request)
    assert (answer.status_code, answer.json()) == (200, example)


def test_documented_upload(client):
    request, example = example_of("POST", UPLOAD, 201)
    answer = client.post(UPLOAD, request, "application/json")
    assert answer.status_code == 201
    assert_documented(answer.json(), example)
    assert answer.json()["message"] == example["message"]
    assert answer.json()["data"] == {
        "id": str(KycDocument.objects.get().pk),
        "type": "pan_card",
        "name": "PAN Card",
        "status": "pending",
        "uploadedAt": answer.json()["data"]["uploadedAt"],
        "reason": "",
        "url": request["fileUrl"],
    }


def test_documented_status(client, user):
    put(client, example_of("PUT", BUSINESS)[0])
    client.post(UPLOAD, example_of("POST", UPLOAD, 201)[0], "application/json")
    send(client, documentType="gst_certificate")
    KycDocument.objects.filter(type="pan_card").update(status="approved")
    answer = client.get(KYC).json()
    assert_documented(answer, example_of("GET", KYC)[1])
    data = answer["data"]
    assert (data["overallStatus"], data["progress"]) == ("pending", 77)
    assert data["personalInfo"] == {
        "fullName": "Anshu Prasad",
        "email": "anshu@example.com",
        "phone": "+91-9899223359",
        "verified": True,
    }
    assert data["businessInfo"] == {
        "companyName": "Talenode Analytics Pvt Ltd",
        "companyType": "Private Limited",
        "gstNumber": "27AABCT1234F1ZH",
        "panNumber": "AABCT1234F",
        "cinNumber": "U78300DL2024PTC432593",
        "registeredAddress": "123, ABC Building, Mumbai - 400001",
        "verified": False,
    }
    assert [(one["type"], one["name"], one["status"]) for one in data["documents"]] == [
        ("pan_card", "PAN Card", "approved"),
        ("gst_certificate", "GST Certificate", "pending"),
    ]


def test_status_of_somebody_who_never_began(client):
    data = client.get(KYC).json()["data"]
    assert (data["overallStatus"], data["progress"], data["documents"]) == ("not_started", 25, [])
    assert set(data["businessInfo"].values()) == {"", False}


def test_status_of_an_approved_case_is_verified(client, user):
    make_case(user=user)
    KycProfile.objects.update(status=KycStatus.APPROVED)
    data = client.get(KYC).json()["data"]
    assert (data["overallStatus"], data["businessInfo"]["verified"]) == ("verified", True)


@pytest.mark.parametrize("papers", [1, 3])
def test_status_takes_the_same_queries_with_one_paper_and_with_three(client, user, papers, django_assert_num_queries):
    make_case(*list(DocumentType)[:papers], user=user)
    with django_assert_num_queries(3):
        client.get(KYC)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("gstNumber", "27AABCT1234F1Z"),
        ("gstNumber", "00AABCT1234F1ZH"),
        ("panNumber", "AABCT12345"),
        ("cinNumber", "X78300DL2024PTC432593"),
        ("companyName", "x" * 201),
        ("companyName", 5),
        ("registeredAddress", "x\u202ey"),
    ],
)
def test_business_info_with_a_wrong_value_is_400_and_names_the_field(client, field, value):
    answer = put(client, {field: value})
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert (error["code"], error["details"]["field"]) == ("VALIDATION_ERROR", field)
    assert "AABCT12345" not in answer.content.decode()
    assert not KycProfile.objects.exists()


def test_business_info_without_anything_is_400(client):
    assert put(client, {}).status_code == 400
    assert put(client, {"unknown": "key"}).status_code == 400


def test_business_info_takes_null_as_nothing(client):
    assert put(client, {"companyName": "Talenode", "cinNumber": None}).status_code == 200
    assert KycProfile.objects.get().cin == ""


ADDRESSES = [
    "http://storage.example.com/pan.pdf",
    "ftp://storage.example.com/pan.pdf",
    "file:///etc/passwd",
    "gopher://example.com/1",
    "javascript:alert(1)",
    "data:text/html,x",
    "//storage.example.com/pan.pdf",
    "storage.example.com/pan.pdf",
    "https:storage.example.com",
    "https:///pan.pdf",
    "https://localhost/pan.pdf",
    "https://127.0.0.1/pan.pdf",
    "https://127.1/pan.pdf",
    "https://0x7f.0.0.1/pan.pdf",
    "https://2130706433/pan.pdf",
    "https://0177.0.0.1/pan.pdf",
    "https://0x7f000001/",
    "https://[::1]/pan.pdf",
    "https://127.0.0.0x1/",
    "https://[::ffff:127.0.0.1]/pan.pdf",
    "https://169.254.169.254/latest/meta-data",
    "https://10.0.0.1/",
    "https://192.168.1.1/",
    "https://user@storage.example.com/",
    "https://user:pw@storage.example.com/",
    "https://storage.example.com@evil.example.com/",
    "https://storage.example.com\\@evil.example.com/",
    "https://evil.example.com\\.storage.example.com/",
    "https://a.internal/",
    "https://redis.local/",
    "https://host.localhost/",
    "https://localhost./",
    "https://127.0.0.1./",
    "https://exa%6dple.com/",
    "https://-/",
    "https://storage.example.com:port/",
    "https://storage.example.com:99999/",
    "https://storage/",
    "https://①②⑦.⓪.⓪.①/",
    "HTTPS:/x",
    "https://",
    "https://x.test/",
    "https://.example.com/",
    "https://example..com@/",
    "https://[v1.a]/",
    "https://256.256.256.256/",
    "https://metadata/",
]


@pytest.mark.parametrize(
    "address", [*ADDRESSES, "https://storage.example.com/\tx", "https://storage.example.com/ x", "", 5]
)
def test_upload_of_an_address_that_is_not_plain_public_https_is_400(client, address):
    answer = client.post(UPLOAD, {"documentType": "pan_card", "fileUrl": address}, "application/json")
    assert answer.status_code == 400, address
    assert not KycDocument.objects.exists()


def test_upload_of_an_address_fetches_nothing(client, monkeypatch):
    def refuse(*given, **more):
        raise AssertionError("a connection was opened")

    monkeypatch.setattr("socket.socket.connect", refuse)
    monkeypatch.setattr("socket.getaddrinfo", refuse)
    answer = client.post(UPLOAD, example_of("POST", UPLOAD, 201)[0], "application/json")
    assert answer.status_code == 201


BAD_UPLOADS = {
    "no type": ({"documentType": ""}, "documentType"),
    "unknown type": ({"documentType": "passport"}, "documentType"),
    "html named pdf": ({"content": HTML}, "file"),
    "unknown kind of file": ({"name": "pan.svg"}, "file"),
    "empty": ({"content": b""}, "file"),
    "both": ({"fileUrl": "https://storage.example.com/pan.pdf"}, "file"),
    "long name": ({"form_name": "x" * 151}, "name"),
}


@pytest.mark.parametrize("what", BAD_UPLOADS)
def test_upload_that_is_not_taken_is_400_and_names_the_field(client, what):
    given, field = BAD_UPLOADS[what]
    given = dict(given)
    if "form_name" in given:
        answer = client.post(UPLOAD, {"documentType": "pan_card", "name": given["form_name"], "file": a_file()})
    else:
        answer = send(client, **given)
    assert answer.status_code == 400
    assert answer.json()["error"]["details"]["field"] == field
    assert not KycDocument.objects.exists()


def a_file():
    return SimpleUploadedFile("pan.pdf", A_PDF)


def test_upload_without_a_file_and_without_an_address_is_400(client):
    assert client.post(UPLOAD, {"documentType": "pan_card"}, "application/json").status_code == 400
    answer = client.post(UPLOAD, {"documentType": "pan_card", "file": "pan.pdf"}, "application/json")
    assert answer.status_code == 400


def test_upload_of_an_open_office_type_is_415(client):
    answer = client.post(UPLOAD, b"x", "application/vnd.oasis.opendocument.text")
    assert answer.status_code == 415


def test_eleventh_upload_in_an_hour_is_429(client, settings):
    settings.RATE_LIMITS = ""
    answers = [send(client).status_code for _ in range(11)]
    assert answers == [201] * 10 + [429]
    refused = send(client)
    assert refused.json()["error"]["code"] == "RATE_LIMIT_EXCEEDED"
    assert int(refused.headers["Retry-After"]) > 0


@pytest.mark.parametrize(("method", "path"), [("get", KYC), ("put", BUSINESS), ("post", UPLOAD)])
def test_kyc_is_for_who_is_signed_in_and_verified(method, path):
    assert getattr(Client(), method)(path).status_code == 401
    unverified = client_of(UserFactory(email_verified_at=None))
    answer = getattr(unverified, method)(path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "EMAIL_NOT_VERIFIED")


# The private file


@pytest.fixture
def document(client):
    return send(client).json()["data"]


def path_of(document):
    return f"/api/user/kyc/documents/{document['id']}/file"


def link_of(document):
    return document["url"].removeprefix("http://testserver")


def test_link_opens_the_file_without_a_token(document):
    answer = Client().get(link_of(document))
    assert (answer.status_code, answer.content) == (200, A_PDF)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="pan_card.pdf"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_picture_is_shown_in_a_sandbox(client):
    document = send(client, picture(), "pan.png").json()["data"]
    answer = Client().get(link_of(document))
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Disposition"] == 'inline; filename="pan_card.png"'
    assert answer.headers["Content-Security-Policy"].endswith("; sandbox")


def test_pdf_with_a_script_is_saved_and_not_shown(client):
    document = send(client, PDF_WITH_SCRIPT).json()["data"]
    assert Client().get(link_of(document)).headers["Content-Disposition"].startswith("attachment")


def test_owner_opens_the_file_with_a_token_and_leaves_no_trace(client, document):
    assert client.get(path_of(document)).content == A_PDF
    assert not AuditEntry.objects.filter(action="kyc.document_opened").exists()


def test_who_may_not_open_the_file(document):
    assert Client().get(path_of(document)).status_code == 401
    for stranger in (UserFactory(), StaffFactory(), UserFactory(is_superuser=True)):
        assert client_of(stranger).get(path_of(document)).status_code == 404
    unverified = client_of(UserFactory(email_verified_at=None))
    assert unverified.get(path_of(document)).status_code == 403


def test_reviewer_opens_the_file_and_every_time_is_written_down(document):
    reviewer = make_reviewer()
    for _ in range(2):
        assert client_of(reviewer).get(path_of(document)).content == A_PDF
    entries = AuditEntry.objects.filter(action="kyc.document_opened", actor=reviewer, target_id=document["id"])
    assert entries.count() == 2


def test_link_ends_after_five_minutes(document):
    with time_machine.travel(now() + timedelta(minutes=5, seconds=2), tick=False):
        answer = Client().get(link_of(document))
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "UNAUTHORIZED")


def test_link_opens_one_document_for_one_person(client, document, user):
    other = send(client, documentType="coi").json()["data"]
    query = link_of(document).partition("?")[2]
    viewer, token = (part.partition("=")[2] for part in query.split("&"))
    assert Client().get(f"{path_of(other)}?{query}").status_code == 401
    for changed in (f"viewer={make_reviewer().pk}&token={token}", f"token={token}", f"viewer={viewer}&token={token}x"):
        assert Client().get(f"{path_of(document)}?{changed}").status_code == 401
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert Client().get(link_of(document)).status_code == 401


def test_link_of_a_person_who_lost_the_permission_opens_nothing(document):
    from accounts.services.kyc_files import link_to

    reviewer = make_reviewer()
    link = link_to(KycDocument.objects.get(), reviewer).removeprefix("http://testserver")
    assert Client().get(link).status_code == 200
    reviewer.user_permissions.clear()
    assert Client().get(link).status_code == 404


@pytest.mark.parametrize(("id", "status"), [("not-an-id", 400), ("..%2f..%2fetc%2fpasswd", 404)])
def test_malformed_id_opens_nothing(client, id, status):
    assert client.get(f"/api/user/kyc/documents/{id}/file").status_code == status


def test_unknown_document_and_a_reference_are_404(client):
    assert client.get(path_of({"id": "019ab7a0-0000-7000-8000-000000000000"})).status_code == 404
    reference = client.post(UPLOAD, example_of("POST", UPLOAD, 201)[0], "application/json").json()["data"]
    assert client.get(path_of(reference)).status_code == 404


@pytest.mark.parametrize("damage", ["changed", "gone"])
def test_damaged_file_is_410_and_logged(client, document, damage, caplog):
    stored = private_storage().path(KycDocument.objects.get().file.name)
    private_storage().delete(stored)
    if damage == "changed":
        with open(stored, "wb") as file:  # noqa: PTH123
            file.write(HTML)
    answer = client.get(path_of(document))
    assert (answer.status_code, answer.json()["error"]["code"]) == (410, "DOCUMENT_GONE")
    assert document["id"] in caplog.text


def test_private_file_has_no_public_address(client, document):
    name = KycDocument.objects.get().file.name
    for path in (f"/uploads/{name}", f"/media/{name}", f"/static/{name}"):
        assert client.get(path).status_code == 404


def test_answers_hold_no_secret_of_the_case_in_errors(client):
    body = json.dumps({"panNumber": "WRONG1234PAN", "companyName": "x"})
    assert "WRONG1234PAN" not in put(client, body).content.decode()
