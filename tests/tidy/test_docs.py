"""Documents are current: generated pages, ADR numbers, links, and tests that the spec map names."""

import re
import subprocess
import sys

import pytest

from sources import ROOT, name_of, product_files, tracked

ADR = ROOT / "docs" / "adr"
# Pages that name tests for what they say.
MAPS = [ROOT / "docs" / name for name in ("spec-map.md", "asvs.md", "threat-model.md")]
# Requirements of each section of ASVS 5.0's chapters 6, 7, 9 and 10.
ASVS = {"6.1": 3, "6.2": 12, "6.3": 8, "6.4": 6, "6.5": 8, "6.6": 4, "6.7": 2, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 3, "7.6": 2,
        "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 3, "10.3": 5, "10.4": 16, "10.5": 5, "10.6": 2, "10.7": 3}


def generators():
    """Every script whose --check says whether a committed page equals what it would write now."""
    return [path for path in tracked(".py") if path.name.startswith("generate_") and "--check" in path.read_text()]


def test_generated_documents_are_current():
    stale = []
    for script in generators():
        run = subprocess.run([sys.executable, str(script), "--check"], cwd=ROOT, capture_output=True, text=True)
        if run.returncode != 0:
            stale.append(f"{name_of(script)}: {run.stdout}{run.stderr}")
    assert not stale, "\n".join(stale)


def test_every_adr_has_context_decision_and_consequences_and_its_own_number():
    numbers, wrong = {}, []
    for page in sorted(ADR.glob("*.md")):
        number = page.name[:4]
        if not re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", page.name) or number in numbers:
            wrong.append(f"{page.name}: name or number")
        numbers[number] = page.name
        text = page.read_text()
        wrong += [f"{page.name}: no {part}" for part in ("Context", "Decision", "Consequences") if f"## {part}" not in text]
    assert numbers and not wrong, "\n".join(wrong)


def test_links_between_documents_lead_somewhere():
    broken = []
    for page in tracked(".md"):
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text()):
            if "://" not in target and not target.startswith("mailto:") and not (page.parent / target).exists():
                broken.append(f"{name_of(page)} → {target}")
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize("page", MAPS, ids=[page.name for page in MAPS])
def test_a_map_names_files_that_exist(page):
    named = re.findall(r"`((?:base|keyd|daemon|storage|tests)/[A-Za-z0-9_./-]+)(?:::[A-Za-z0-9_]+)?`", page.read_text())
    missing = sorted({name for name in named if not (ROOT / name).exists()})
    assert named and not missing, missing


@pytest.mark.parametrize("page", MAPS, ids=[page.name for page in MAPS])
def test_a_map_names_tests_that_exist(page):
    missing = []
    for name, test in re.findall(r"`(tests/[A-Za-z0-9_./-]+)::([A-Za-z0-9_]+)`", page.read_text()):
        path = ROOT / name
        if not path.exists() or not re.search(rf"\b{test}\b", path.read_text()):
            missing.append(f"{name}::{test}")
    assert not missing, missing


def test_a_requirement_that_a_comment_cites_has_its_row():
    rows = (ROOT / "docs" / "spec-map.md").read_text()
    unknown = set()
    for path in product_files():
        for number, line in enumerate(path.read_text().split("\n"), start=1):
            cited = re.findall(r"\b[A-Z]{1,2}-\d\d\b", line.partition("//")[2])
            unknown |= {f"{name_of(path)}:{number}: {each}" for each in cited if not re.search(rf"\b{each}\b", rows)}
    assert not unknown, "\n".join(sorted(unknown))


def test_every_requirement_of_asvs_has_its_row_with_a_test_or_a_reason():
    rows = re.findall(r"^\| (\d+\.\d+\.\d+) \| [123] \|.*\| ([^|]+) \|$", (ROOT / "docs" / "asvs.md").read_text(), re.M)
    wanted = [f"{section}.{number}" for section, count in ASVS.items() for number in range(1, count + 1)]
    assert [number for number, _ in rows] == wanted
    reasons = {"document", "not applicable", "not met"}
    assert not [number for number, shown in rows if shown not in reasons and not re.search(r"`tests/[^`]+::", shown)]
