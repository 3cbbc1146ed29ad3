"""Versions below which a published hole is open. Raised when an advisory says so, never lowered."""

import re
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from flashspace import env

REQUIREMENTS = env.ROOT / "requirements"
LOCKS = ("base", "production", "dev")


class Floor(NamedTuple):
    least: str
    why: str
    is_asked_for: bool = True  # by name in base.txt; else it comes with something that is


FLOORS: Mapping[str, Floor] = {
    "django": Floor("5.2.19", "CVE-2025-64459, -57833, 2026-1287, -1312: SQL injection; 2026-15920, -4277, -7666"),
    "djangorestframework": Floor("3.18.3", "CVE-2026-114136 charset bomb, -73228 body limit, -114138 Accept bomb"),
    "djangorestframework-simplejwt": Floor("5.5.1", "CVE-2024-22513 tokens of disabled users"),
    "pyjwt": Floor("2.15.1", "CVE-2026-32597, -48523, -102268"),
    "django-allauth": Floor("65.21.1", "65.14.2 spoofed addresses, CVE-2026-97764, 65.20.1 TOTP reuse"),
    "python-socketio": Floor("5.18", "CVE-2025-61765 pickle over Redis, CVE-2026-48804 attachments"),
    "python-engineio": Floor("3.9.0", "CVE-2019-13611 cross-site sockets", is_asked_for=False),
    "pillow": Floor("13.0.0", "CVE-2026-112403 JPEG heap overflow, -40192, -112892, -55379, -55380"),
    "celery": Floor("5.2.2", "CVE-2021-23727 commands from the result backend", is_asked_for=False),
}

LINE = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)")
MARKED = re.compile(r"^([^#\s]+)\s+#\s*advisory")


def read_lock(name: str, directory: Path = REQUIREMENTS) -> dict[str, str]:
    lines = (directory / f"{name}.lock").read_text(encoding="utf-8").splitlines()
    return {canonicalize_name(found[1]): found[2] for line in lines if (found := LINE.match(line))}


def installed() -> dict[str, str]:
    found = {}
    for name in FLOORS:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def too_low(versions: Mapping[str, str], where: str, floors: Mapping[str, Floor] = FLOORS) -> list[str]:
    """What is below its floor, or not there at all."""
    found = []
    for name, floor in floors.items():
        if name not in versions:
            found.append(f"{where}: {name} is not there")
        elif Version(versions[name]) < Version(floor.least):
            found.append(f"{where}: {name} {versions[name]} is below {floor.least}: {floor.why}")
    return found


def marked(lines: Iterable[str]) -> dict[str, str]:
    """What base.txt marks as an advisory's floor -> the least version that its range lets in."""
    found = {}
    for line in lines:
        if match := MARKED.match(line):
            wanted = Requirement(match[1])
            least = next(one.version for one in wanted.specifier if one.operator == ">=")
            found[canonicalize_name(wanted.name)] = least
    return found


def parted(lines: Iterable[str], floors: Mapping[str, Floor] = FLOORS) -> list[str]:
    """Where the marks of base.txt and the table say different things."""
    marks = marked(lines)
    wanted = {name: floor.least for name, floor in floors.items() if floor.is_asked_for}
    found = [f"base.txt marks {name}, which is not in the table" for name in sorted(marks.keys() - wanted.keys())]
    for name, least in wanted.items():
        if name not in marks:
            found.append(f"base.txt does not mark {name}")
        elif Version(marks[name]) < Version(least):
            found.append(f"base.txt lets {name} {marks[name]} in, below {least}")
    return found
