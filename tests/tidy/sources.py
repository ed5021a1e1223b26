"""The files the tidy tests look at, and how they cut C++ into functions."""

import ast
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CPP_ROOMS = ("base", "keyd", "storage", "daemon", "tests")


def tracked(*endings: str) -> list[Path]:
    """Files git knows, so that build directories and caches never count."""
    listed = subprocess.run(["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                            cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in sorted(listed.split("\0")) if name.endswith(endings) and (ROOT / name).is_file()]


def cpp_files() -> list[Path]:
    return [path for path in tracked(".cpp", ".hpp") if path.relative_to(ROOT).parts[0] in CPP_ROOMS]


def product_files() -> list[Path]:
    return [path for path in cpp_files() if path.relative_to(ROOT).parts[0] != "tests"]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def without_comments_and_texts(source: str) -> str:
    """Comments and literals blanked, line numbers kept."""
    pattern = re.compile(r'R"([A-Za-z]*)\((?:.|\n)*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'|//[^\n]*|/\*(?:.|\n)*?\*/')

    def blank(match: re.Match) -> str:
        kept = "\n" * match[0].count("\n")
        return '""' + kept if match[0][0] in 'R"' else kept

    return pattern.sub(blank, source)


@dataclass
class Function:
    name: str
    line: int
    lines: int


def python_functions(source: str) -> list[Function]:
    return [Function(node.name, node.lineno, node.end_lineno - node.lineno + 1) for node in ast.walk(ast.parse(source))
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]


def functions(source: str) -> list[Function]:
    """Functions by our format: the signature stands before a line that is only "{", at namespace level, and "}" ends it."""
    found, lines = [], source.split("\n")
    start = None
    for number, line in enumerate(lines):
        if line == "{" and start is None:
            start = number
        elif line in ("}", "};") and start is not None:
            signature = start
            while signature > 0 and lines[signature - 1] and lines[signature - 1] not in ("}", "};"):
                signature -= 1
            found.append(Function(" ".join(lines[signature:start])[:100], signature + 1, number - signature + 1))
            start = None
    return found
