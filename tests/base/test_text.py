import pytest

from flashspace.base.text import is_storable, mask_email, normalize_email, one_line


@pytest.mark.parametrize(
    "email", ["User@Example.com", " user@example.com ", "ｕｓｅｒ@example.com", "USER@EXAMPLE.COM"]
)
def test_spellings_of_one_address_are_one_address(email):
    assert normalize_email(email) == "user@example.com"


def test_control_characters_and_direction_marks_leave_a_line():
    assert one_line("a\r\nBcc: x\u202e\x00b") == "a Bcc: xb"
    assert one_line("x" * 500) == "x" * 200


@pytest.mark.parametrize(("text", "storable"), [("नमस्ते ₹ 😀", True), ("a\x00b", False), ("\ud800", False)])
def test_what_the_database_cannot_hold_is_told_apart(text, storable):
    assert is_storable(text) is storable


def test_masked_address_tells_the_domain_only():
    assert mask_email("asha@example.com") == "a***@example.com"
