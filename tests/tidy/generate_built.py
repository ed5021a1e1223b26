#!/usr/bin/python3
"""Writes the references the build knows best: cli.md from the command table, audit-events.md from the catalogue, console-openapi.json.

usage: generate_built.py [--check]      TESSERA_BINARIES names a build directory (build/sanitize)

--check writes nothing and exits with 1 when a committed page is not what the build says.
"""
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILT = pathlib.Path(os.environ.get("TESSERA_BINARIES", ROOT / "build" / "sanitize"))


def reference(topic: str) -> str:
    return subprocess.run([BUILT / "daemon" / "tessera", "reference", topic], check=True, capture_output=True, text=True).stdout


def openapi() -> str:
    made = json.loads((BUILT / "daemon" / "api" / "console" / "console_openapi.json").read_text())
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


PAGES = {"cli.md": lambda: reference("cli"), "audit-events.md": lambda: reference("audit-events"), "console-openapi.json": openapi}


def main() -> int:
    stale = []
    for name, make in PAGES.items():
        page, text = ROOT / "docs" / "reference" / name, make()
        if "--check" in sys.argv:
            if not page.exists() or page.read_text() != text:
                stale.append(name)
        else:
            page.write_text(text)
    if stale:
        print(f"docs/reference: {', '.join(stale)}: not what the build says; run tests/tidy/generate_built.py")
    return int(bool(stale))


if __name__ == "__main__":
    sys.exit(main())
