"""Documents are current: generated pages, ADR numbers, links, and tests that the spec map names."""

import re
import subprocess
import sys

from sources import ROOT, name_of, tracked

ADR = ROOT / "docs" / "adr"


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


def test_the_spec_map_names_files_that_exist():
    page = ROOT / "docs" / "spec-map.md"
    named = re.findall(r"`((?:base|keyd|daemon|storage|tests)/[A-Za-z0-9_./-]+)(?:::[A-Za-z0-9_]+)?`", page.read_text())
    missing = sorted({name for name in named if not (ROOT / name).exists()})
    assert named and not missing, missing


def test_the_spec_map_names_tests_that_exist():
    page = ROOT / "docs" / "spec-map.md"
    missing = []
    for name, test in re.findall(r"`(tests/[A-Za-z0-9_./-]+)::([A-Za-z0-9_]+)`", page.read_text()):
        path = ROOT / name
        if not path.exists() or test not in path.read_text():
            missing.append(f"{name}::{test}")
    assert not missing, missing
