"""No lock and no machine runs a version with a known hole; `make lock` and `pip` may not lower one unseen."""

import re

import pytest

from tests.nets.floors import LOCKS, REQUIREMENTS, installed, parted, read_lock, too_low

pytestmark = pytest.mark.net

PINNED = re.compile(r"^[A-Za-z0-9._-]+==\S+( ; [^\\]+)? \\$")


@pytest.mark.parametrize("name", LOCKS)
def test_no_lock_holds_a_version_below_its_floor(name):
    assert too_low(read_lock(name), f"{name}.lock") == []


def test_no_version_that_is_installed_is_below_its_floor():
    assert too_low(installed(), "installed") == []


def test_table_and_marks_of_the_requirements_say_the_same():
    assert parted((REQUIREMENTS / "base.txt").read_text(encoding="utf-8").splitlines()) == []


@pytest.mark.parametrize("name", LOCKS)
def test_every_line_of_a_lock_is_one_version_with_its_hashes(name):
    lines = (REQUIREMENTS / f"{name}.lock").read_text(encoding="utf-8").splitlines()
    assert [
        line for line in lines if line and not PINNED.match(line) and not line.startswith("    --hash=sha256:")
    ] == []
