import pytest

from flashspace.base.masking import is_secret, mask_path, mask_text

TOKEN = "Zq3v-8Lk_T0aYxW5nB7cD1eF2gH4iJ6mPoRsUuVwXyE"


@pytest.mark.parametrize(
    "name",
    ["password", "newPassword", "confirm-password", "current_password", "refreshToken", "refresh_token", "otp", "OTP",
     "mfa_code", "code", "credential", "stripe_card_token", "clientSecret", "credentials.stripe_card_token", "cookie"],
)  # fmt: skip
def test_secret_is_known_by_its_name(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize(
    "name", ["email", "fullName", "companyName", "description", "decode", "pancake", "panorama", ""]
)
def test_other_names_are_no_secret(name: str) -> None:
    assert not is_secret(name)


@pytest.mark.parametrize(
    ("key", "secret"),
    [
        ("password", True),
        ("newPassword", True),
        ("otp_code", True),
        ("code", True),
        ("X-Authorization", True),
        ("refreshToken", True),
        ("HTTP_COOKIE", True),
        ("panNumber", True),
        ("aadhaar", True),
        ("razorpay_secret", True),
        ("status_code", False),
        ("error_code", False),
        ("company", False),
        ("expand", False),
        ("encoded", False),
    ],
)
def test_keys_that_hold_secrets(key: str, secret: bool) -> None:
    assert is_secret(key) is secret


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("POST /verify?token=abc.def&next=1", "POST /verify?token=***&next=1"),
        ('{"password": "hun ter2", "a": 1}', '{"password": ***, "a": 1}'),
        ("Authorization: Bearer abcdef", "Authorization: ***"),
        ("otp=123456; attempts=2", "otp=***; attempts=2"),
        ("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln used", "jwt *** used"),
        ("PAN ABCDE1234F of 2345 6789 0123", "PAN *** of ***"),
        ("Not Found: /api/v1/invitations/accept/s3cret/x", "Not Found: /api/v1/invitations/accept/***"),
        (f"Bad Request: /no-such-route/{TOKEN}\x00", "Bad Request: /no-such-route/***\\u0000"),
        (f"{TOKEN} of {TOKEN}-2", "*** of ***"),
        (f"file {'ab' * 32} of {TOKEN[:39]}", f"file {'ab' * 32} of {TOKEN[:39]}"),
        ("status_code=404 for FS-2026-00042 at 12:30", "status_code=404 for FS-2026-00042 at 12:30"),
    ],
)
def test_secrets_inside_text_are_masked(text: str, shown: str) -> None:
    assert mask_text(text) == shown


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/api/v1/auth/verify-email/s3cret", "/api/v1/auth/verify-email/***"),
        ("/api/v1/auth/verify-email", "/api/v1/auth/verify-email"),
        ("/api/v1/invitation/token/s3cret", "/api/v1/invitation/token/***"),
        ("/API/v1/Invitations/Accept//s3cret/x/s3cret", "/API/v1/Invitations/Accept//***"),
        ("/api/v1/invitations/accept/token/s3cret?a=1", "/api/v1/invitations/accept/***?a=1"),
        ("/reset-password/s3cret", "/reset-password/***"),
        ("/api/user/bookings/1", "/api/user/bookings/1"),
    ],
)
def test_secret_of_a_link_in_a_path_is_masked(path: str, shown: str) -> None:
    assert mask_path(path) == shown
