"""README and .env.example say what the program reads."""

import re
from pathlib import Path

from django.conf import settings
from django.core.management import get_commands

from flashspace.dialects.named_rates import RATES
from flashspace.dialects.rates import parse_rate
from flashspace.env.names import ROOT
from flashspace.env.table import example, readme

README = (ROOT / "README.md").read_text(encoding="utf-8")
OPERATIONS = (ROOT / "docs/operations.md").read_text(encoding="utf-8")


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


def test_every_job_of_the_clock_is_a_command_and_stands_in_the_operators_book() -> None:
    jobs = {job["task"].partition(".")[2].removesuffix("_sweep") for job in settings.CELERY_BEAT_SCHEDULE.values()}
    assert len(jobs) > 10
    assert jobs <= set(get_commands())
    table = OPERATIONS.split("## Jobs of the clock")[1].split("By hand")[0]
    assert jobs == set(re.findall(r"`([a-z_]+)`", table.split("--- |")[-1]))


def test_every_limit_stands_in_the_operators_book() -> None:
    section = OPERATIONS.split("## Limits")[1].split("\n## ")[0]
    shown = dict(re.findall(r"^\| `([a-z_.]+)` \| (\S+) \|", section, re.MULTILINE))
    header, _, *rows = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in ("| dialect" + section.split("| dialect")[1]).splitlines()
    ]
    for dialect, *figures in rows:
        shown |= {f"{dialect}.{name}": figure for name, figure in zip(header[1:], figures, strict=True) if figure}
    assert {name: parse_rate(figure) for name, figure in shown.items()} == RATES


def test_every_file_it_links_to_exists() -> None:
    assert [link for link in re.findall(r"\]\(([\w./-]+)\)", README) if not Path(ROOT / link).exists()] == []
