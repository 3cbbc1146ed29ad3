"""README and .env.example say what the program reads."""

import re
from pathlib import Path

from django.core.management import get_commands

from flashspace.env.names import ROOT
from flashspace.env.table import example, readme

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_configuration_table_is_the_one_the_program_reads() -> None:
    shown = README.split("<!-- configuration -->\n")[1].split("<!-- /configuration -->")[0]
    assert shown.strip() == readme(), "write it anew: python -m flashspace.env.table readme"


def test_env_example_is_the_one_the_program_reads() -> None:
    written = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert written == example(), "write it anew: python -m flashspace.env.table example > .env.example"


def test_every_command_it_names_exists() -> None:
    table = README.split("## Commands")[1].split("## Configuration")[0]
    named = {
        name for cells in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", cells)
    }
    assert named <= set(get_commands())
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"^make ([a-z]+)", README, re.MULTILINE)) <= targets


def test_every_file_it_links_to_exists() -> None:
    assert [link for link in re.findall(r"\]\(([\w./-]+)\)", README) if not Path(ROOT / link).exists()] == []
