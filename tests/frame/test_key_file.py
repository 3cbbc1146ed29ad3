"""A file of environment lines is read as the program reads it, and a new key is written as every reader takes it."""

import os
import stat
import subprocess

import environ
import pytest

from flashspace.env import key_file
from flashspace.env.errors import ConfigError
from flashspace.env.key_file import line_of, read_keys, write_keys


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("JWT_SECRET=a,b", ["a", "b"]),
        ("export JWT_SECRET='a , b'", ["a", "b"]),
        ('JWT_SECRET_KEY="a"', ["a"]),
        ("SECRET=a", ["a"]),
        ("#JWT_SECRET=a\nMY_JWT_SECRET=b", []),
        ("", []),
    ],
)
def test_keys_are_read_as_the_program_reads_them_and_written_in_their_place(tmp_path, text, keys):
    path = tmp_path / ".env"
    path.write_text(f"PORT=1\n{text}\nHOST=x\n")
    assert read_keys(path, "JWT_SECRET") == keys
    write_keys(path, "JWT_SECRET", ["new", *keys])
    assert read_keys(path, "JWT_SECRET") == ["new", *keys]
    assert path.read_text().startswith("PORT=1\n")
    assert "HOST=x\n" in path.read_text()


SIGNS = "ab$cd#ef gh"


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (["new_-.+/=", "a"], "JWT_SECRET=new_-.+/=,a"),
        (["new", SIGNS], f"JWT_SECRET='new,{SIGNS}'"),
        (["new", 'a"b\\c`d'], "JWT_SECRET='new,a\"b\\c`d'"),
        (["new", "it's"], 'JWT_SECRET="new,it\'s"'),
    ],
)
def test_a_key_with_signs_is_quoted_so_that_it_is_read_as_it_is(tmp_path, keys, line):
    path = tmp_path / ".env"
    path.write_text("JWT_SECRET='old'\n")
    write_keys(path, "JWT_SECRET", keys)
    assert path.read_text() == f"{line}\n"
    assert line_of("JWT_SECRET", keys) == line
    assert read_keys(path, "JWT_SECRET") == keys
    assert as_the_program_reads(path) == {"JWT_SECRET": ",".join(keys)}


def as_the_program_reads(path):
    class Env(environ.Env):
        ENVIRON = {}

    Env.read_env(path)
    return Env.ENVIRON


def test_the_quoted_line_is_read_alike_by_a_shell(tmp_path):
    for keys in (["new", SIGNS], ["new", 'a"b\\c`d'], ["new", "it's"]):
        path = tmp_path / "env"
        path.write_text(f"{line_of('SECRET_KEY', keys)}\n")
        told = subprocess.run(["sh", "-c", '. "$0" && printf %s "$SECRET_KEY"', path], capture_output=True, check=True)
        assert told.stdout.decode() == ",".join(keys)


@pytest.mark.parametrize("key", ["it's $5", "it's \"", "'\\", "ends\\", "two\nlines"])
def test_what_could_not_be_read_back_is_refused(tmp_path, key):
    path = tmp_path / ".env"
    path.write_text("JWT_SECRET=old\n")
    with pytest.raises(ConfigError, match="by hand"):
        write_keys(path, "JWT_SECRET", ["new", key])
    assert path.read_text() == "JWT_SECRET=old\n"


def test_a_key_in_quotes_of_its_own_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="would not be read as it is written"):
        write_keys(tmp_path / ".env", "JWT_SECRET", ['"new', 'old$"'])
    assert not (tmp_path / ".env").exists()


@pytest.mark.parametrize("name", ["JWT_SECRET", "SECRET"])
def test_what_a_shell_exports_stays_exported(tmp_path, name):
    path = tmp_path / ".env"
    path.write_text(f"PORT=1\nexport {name}='old'\nHOST=x\n")
    write_keys(path, "JWT_SECRET", ["new", "old"])
    assert path.read_text() == f"PORT=1\nexport {name}=new,old\nHOST=x\n"


@pytest.mark.parametrize(("before", "after"), [(0o644, 0o640), (0o640, 0o640), (0o600, 0o600), (0o664, 0o640)])
def test_a_service_that_reads_it_by_its_group_still_does_and_nobody_else(tmp_path, before, after):
    path = tmp_path / ".env"
    path.write_text("JWT_SECRET=a\n")
    path.chmod(before)
    if os.geteuid() == 0:
        os.chown(path, 1234, 4321)
    old = path.stat()
    write_keys(path, "JWT_SECRET", ["b", "a"])
    new = path.stat()
    assert stat.S_IMODE(new.st_mode) == after
    assert (new.st_uid, new.st_gid) == (old.st_uid, old.st_gid)


def test_no_other_group_reads_it_where_its_own_cannot_be_kept(tmp_path, monkeypatch):
    """By a person who is not of the file's group; the draft has that person's own."""
    path = tmp_path / ".env"
    path.write_text("JWT_SECRET=a\n")
    path.chmod(0o640)
    asked = []

    def refused(_, uid, gid):
        asked.append((uid, gid))
        raise PermissionError

    real = key_file._belong_alike
    old = os.stat_result([*path.stat()[:5], path.stat().st_gid + 1, *path.stat()[6:]])
    monkeypatch.setattr(key_file, "_belong_alike", lambda draft, _: real(draft, old))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(os, "chown", refused)
    write_keys(path, "JWT_SECRET", ["b", "a"])
    assert asked == [(-1, old.st_gid)]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_keys(path, "JWT_SECRET") == ["b", "a"]


def test_a_new_file_is_its_owners_alone(tmp_path):
    write_keys(tmp_path / ".env", "JWT_SECRET", ["a"])
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600


def test_a_file_that_is_not_there_is_made_and_a_link_stays_one(tmp_path):
    made, link = tmp_path / "made", tmp_path / "link"
    write_keys(made, "JWT_SECRET", ["a"])
    assert made.read_text() == "JWT_SECRET=a\n"
    link.symlink_to(made)
    write_keys(link, "JWT_SECRET", ["b", "a"])
    assert link.is_symlink()
    assert made.read_text() == "JWT_SECRET=b,a\n"


def test_a_name_that_stands_twice_is_a_mistake_to_be_mended_first(tmp_path):
    path = tmp_path / ".env"
    path.write_text("JWT_SECRET=a\nJWT_SECRET_KEY=b\n")
    with pytest.raises(ConfigError, match="more than once"):
        write_keys(path, "JWT_SECRET", ["c"])
