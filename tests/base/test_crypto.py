import pytest

from flashspace.base import crypto


def test_encryption_opens_under_an_older_key_and_rotates_to_the_newest(settings):
    settings.FIELD_ENCRYPTION_KEYS = ["old" * 20]
    sealed = crypto.encrypt("123456")
    settings.FIELD_ENCRYPTION_KEYS = ["new" * 20, "old" * 20]

    assert crypto.decrypt(sealed) == "123456"
    rotated = crypto.rotate(sealed)
    settings.FIELD_ENCRYPTION_KEYS = ["new" * 20]
    assert crypto.decrypt(rotated) == "123456"
    with pytest.raises(crypto.Undecipherable):
        crypto.decrypt(sealed)


def test_hash_depends_on_purpose_and_lookup_covers_older_keys(settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a" * 60, []
    old = crypto.keyed_hash("123456", purpose="otp")

    assert old != crypto.keyed_hash("123456", purpose="reset")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "b" * 60, ["a" * 60]
    assert old in crypto.keyed_hashes("123456", purpose="otp")
    assert old != crypto.keyed_hash("123456", purpose="otp")


def test_codes_are_digits_and_tokens_do_not_repeat():
    assert all(len(code) == 6 and code.isdecimal() for code in (crypto.new_digits(6) for _ in range(50)))
    assert len({crypto.new_token() for _ in range(200)}) == 200
