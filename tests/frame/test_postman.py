"""The Postman collection has the folders of the flashspace document, and its requests can be sent."""

import json
from pathlib import Path

import pytest
from django.core.management import call_command

FOLDERS = {
    "Auth": {
        "Signup", "Login", "Verify OTP", "Resend OTP", "Forgot Password", "Reset Password", "Refresh Token",
        "Google Auth", "Check Auth", "Get Profile", "Change Password", "Logout", "Logout All",
    },
    "Virtual Office": {"Create", "Get All", "Get By City", "Get By ID", "Update", "Delete"},
    "Coworking Space": {"Create", "Get All", "Get By City", "Get By ID", "Update", "Delete"},
    "User Dashboard": {
        "Get Dashboard Overview", "Get All Bookings", "Get Booking By ID", "Toggle Auto-Renew", "Get KYC Status",
        "Update Business Info", "Upload KYC Document", "Get All Invoices", "Get Invoice By ID",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def collection(tmp_path_factory):
    path = tmp_path_factory.mktemp("postman") / "flashspace.json"
    call_command("export_postman", output=Path(path), verbosity=0)
    return json.loads(path.read_text(encoding="utf-8"))


def find(collection, folder, name):
    items = {one["name"]: one["item"] for one in collection["item"]}[folder]
    return next(item for item in items if item["name"] == name)


def test_folders_and_requests_are_the_documents(collection):
    made = {folder["name"]: {item["name"] for item in folder["item"]} for folder in collection["item"]}

    missing = {(folder, name) for folder, names in FOLDERS.items() for name in names - made.get(folder, set())}
    assert missing == set()


def test_a_request_has_its_body_and_its_address(collection):
    login = find(collection, "Auth", "Login")

    request = login["request"]
    assert (request["method"], request["auth"]) == ("POST", {"type": "noauth"})
    assert request["url"]["raw"] == "{{baseUrl}}/api/auth/login"
    assert set(json.loads(request["body"]["raw"])) == {"email", "password", "mfaCode", "mfa_code"}
    assert "accessToken" in "".join(login["event"][0]["script"]["exec"])


def test_a_request_with_an_id_and_a_filter_has_variables(collection):
    one = find(collection, "User Dashboard", "Get Booking By ID")["request"]["url"]
    several = find(collection, "User Dashboard", "Get All Bookings")["request"]["url"]

    assert one["path"][-1] == f":{one['variable'][0]['key']}"
    assert {"type", "status", "page", "limit"} <= {row["key"] for row in several["query"]}


def test_without_an_output_it_is_printed(capsys):
    call_command("export_postman", dialect="nano")

    assert json.loads(capsys.readouterr().out)["info"]["schema"].endswith("v2.1.0/collection.json")
