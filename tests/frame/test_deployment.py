"""What production is started from, as far as it can be read without a container engine."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from flashspace.env.names import NAMES, ROOT
from tests.live import environment

OF_COMPOSE_ALONE = {"POSTGRES_PASSWORD", "REDIS_PASSWORD"}
OF_THE_SHELL_INSIDE = {"HOSTNAME", "REDIS_PASSWORD"}


def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    return found


def test_every_service_is_watched_and_only_the_proxy_is_reachable() -> None:
    found = services()
    assert set(found) == {"caddy", "migrate", "web", "worker", "beat", "postgres", "redis"}
    assert [name for name, service in found.items() if "ports" in service] == ["caddy"]
    assert [name for name, service in found.items() if "healthcheck" not in service] == ["migrate"]


def test_proxy_and_application_meet_on_the_trusted_network_only() -> None:
    found = services()
    assert set(found["caddy"]["networks"]) & set(found["web"]["networks"]) == {"inside"}
    network = yaml.safe_load((ROOT / "compose.yaml").read_text())["networks"]["inside"]
    assert network["ipam"]["config"][0]["subnet"] == found["web"]["environment"]["TRUSTED_PROXIES"]


def test_compose_sets_and_asks_for_names_that_the_program_reads() -> None:
    text = (ROOT / "compose.yaml").read_text()
    known = {name.name for name in NAMES} | OF_COMPOSE_ALONE
    assert set(services()["web"]["environment"]) <= known
    assert set(re.findall(r"(?<!\$)\$\{(\w+)", text)) <= known
    assert set(re.findall(r"\$\$(\w+)", text)) <= OF_THE_SHELL_INSIDE


@pytest.mark.slow
@pytest.mark.embedded
def test_static_files_are_collected_without_secrets_and_found_by_their_hash(tmp_path: Path) -> None:
    settings = environment(PATH=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    subprocess.run(["deploy/collectstatic"], cwd=ROOT, env=settings, check=True, timeout=120)
    manifest = (ROOT / "staticfiles" / "staticfiles.json").read_text()
    assert re.search(r'"flashspace/page\.css": "flashspace/page\.[0-9a-f]{12}\.css"', manifest)
