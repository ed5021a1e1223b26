"""Size, banned constructs and format of the sources: style is a test."""

import re
import shutil
import subprocess

import pytest

from sources import ROOT, cpp_files, functions, name_of, product_files, python_functions, tracked, without_comments_and_texts

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70
PYTHON_COLUMNS_MAX = 160

# path: why it may be longer.
LONG_FILES = {}
LONG_FUNCTIONS = {}

# pattern, where it is looked for, files that may (each with a reason), what to do instead
BANNED = [
    (r"\[=\]", "", {}, "capture by name"),
    (r"\b(system_clock|time\(nullptr\)|gettimeofday|clock_gettime)\b", "product",
     {"base/clock.cpp": "the clock"}, "take a Clock or an Instant"),
    (r"\b(memcmp|strcmp|strncmp)\s*\(", "product", {}, "equal_constant_time, or == on string_view"),
    (r"\bgetenv\s*\(", "product",
     {"keyd/server/listener.cpp": "sd_listen_fds(3)", "keyd/server/confinement.cpp": "sd_notify(3)",
      "daemon/main.cpp": "socket paths of the CLI", "daemon/http/sockets.cpp": "sd_listen_fds(3)",
      "daemon/http/handover.cpp": "who a successor replaces", "daemon/commands/serve.cpp": "sd_notify(3)"},
     "a setting"),
    (r"\b(system|popen)\s*\(", "product", {}, "no shell"),
    (r"\bstd::regex\b", "product", {}, "unbounded back-tracking: write the check"),
    (r"\b(rand|srand)\s*\(", "", {}, "fill_random"),
    (r"\busing namespace std\b", "", {}, "name it"),
    (r"unit_test::disabled\b", "", {}, "a precondition: the summary tells why a test was skipped"),
    (r"\b(strcpy|strcat|sprintf|gets)\s*\(", "", {}, "bounded functions"),
]
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
SLEEPS = re.compile(r"sleep_for|usleep\(|time\.sleep\(|setTimeout\(|waitForTimeout")

# Waiting for an event is polling with a deadline in one place (tests/support); nothing else sleeps.
SLEEPERS = {"tests/support/wait.py": "the polling wait", "tests/tidy/test_source.py": "this list",
            "tests/keyd/soft_token.hpp": "the polling wait of C++",
            "tests/keyd/pkcs11_faults_test.cpp": "a token that needs time to come back",
            "tests/support/fault_module/fault_module.cpp": "a slow token"}


def oversize() -> dict:
    """What is too long: a file by its name, a function by the file's and its own; with how long it is."""
    found = {}
    for path in cpp_files() + tracked(".py"):
        source = path.read_text()
        if (count := source.count("\n")) > FILE_LINES_MAX:
            found[name_of(path)] = f"{name_of(path)}: {count} lines"
        for function in python_functions(source) if path.suffix == ".py" else functions(source):
            if function.lines > FUNCTION_LINES_MAX:
                found[name_of(path), function.name] = f"{name_of(path)}:{function.line}: {function.lines} lines: {function.name}"
    return found


def test_files_and_functions_are_short():
    found = oversize()
    long = [said for what, said in found.items() if what not in LONG_FILES and what not in LONG_FUNCTIONS]
    assert not long, "\n".join(long)
    unneeded = [what for what in (*LONG_FILES, *LONG_FUNCTIONS) if what not in found]
    assert not unneeded, f"exemptions that nothing needs: {unneeded}"


def test_lines_of_python_are_short():
    long = [f"{name_of(path)}:{number}: {len(line)} columns" for path in tracked(".py")
            for number, line in enumerate(path.read_text().split("\n"), start=1) if len(line) > PYTHON_COLUMNS_MAX]
    assert not long, "\n".join(long)


def lines_with(pattern, path, source):
    """file:line: text of each line a pattern is found in."""
    return [f"{name_of(path)}:{number}: {line.strip()}" for number, line in enumerate(source.split("\n"), start=1) if re.search(pattern, line)]


@pytest.mark.parametrize("pattern,where,exempt,instead", BANNED, ids=[row[0] for row in BANNED])
def test_banned_constructs_are_absent(pattern, where, exempt, instead):
    files = product_files() if where == "product" else cpp_files()
    found = {name_of(path): lines_with(pattern, path, without_comments_and_texts(path.read_text())) for path in files}
    wrong = [line for name, lines in found.items() if name not in exempt for line in lines]
    assert not wrong, "\n".join([*wrong, f"instead: {instead}"])
    unneeded = [name for name in exempt if not found.get(name)]
    assert not unneeded, f"exemptions that nothing needs: {unneeded}"


def test_sql_lives_in_storage_only():
    statement = r'"\s*(SELECT .* FROM|INSERT INTO|UPDATE \w+(\.\w+)? SET|DELETE FROM|CREATE TABLE) ?'
    found = [line for path in product_files() if not name_of(path).startswith(("storage/", "keyd/keyring/"))  # keyd's own SQLite file
             for line in lines_with(statement, path, path.read_text())]
    assert not found, found


def test_headers_have_pragma_once_and_no_using_namespace():
    wrong = [name_of(path) for path in cpp_files() if path.suffix == ".hpp"
             and ("#pragma once" not in path.read_text() or re.search(r"^using namespace", path.read_text(), re.M))]
    assert not wrong, wrong


def test_nothing_is_marked_unfinished():
    found = [line for path in tracked(".cpp", ".hpp", ".py", ".sql", ".proto", ".build", ".mjs", ".sh")
             if not name_of(path).startswith("tests/tidy/") for line in lines_with(UNFINISHED, path, path.read_text())]
    assert not found, found


def test_tests_wait_for_events_and_do_not_sleep():
    found = {name_of(path): lines_with(SLEEPS, path, path.read_text()) for path in tracked(".cpp", ".hpp", ".py", ".mjs")
             if name_of(path).startswith("tests/")}
    wrong = [line for name, lines in found.items() if name not in SLEEPERS for line in lines]
    assert not wrong, "\n".join(wrong)
    unneeded = [name for name in SLEEPERS if not found.get(name)]
    assert not unneeded, f"exemptions that nothing needs: {unneeded}"


def test_sources_are_formatted():
    tool = shutil.which("clang-format-19")
    assert tool, "clang-format-19 is in .ci/debian-packages"
    checked = subprocess.run([tool, "--dry-run", "-Werror", "--ferror-limit=1", *map(str, cpp_files())], cwd=ROOT,
                             capture_output=True, text=True)
    wrong = sorted(set(re.findall(r"^(?:%s/)?([^:\n]+):\d+:\d+: error" % re.escape(str(ROOT)), checked.stderr, re.M)))
    assert checked.returncode == 0, "run ./tessera-dev fmt; not formatted:\n" + "\n".join(wrong)
