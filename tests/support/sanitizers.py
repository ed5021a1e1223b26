"""How sanitizers are told to behave, and what they said."""

from pathlib import Path

TSAN_SUPPRESSIONS = Path(__file__).with_name("tsan.supp")
REPORT_MARKS = ("ERROR: AddressSanitizer", "runtime error:", "WARNING: ThreadSanitizer", "assertion failed:")


def sanitizer_environment(suppressions: Path = TSAN_SUPPRESSIONS) -> dict[str, str]:
    return {
        # The slow unwinder, which tests/keyd/main.cpp asks for to judge leaks, would cost its suite most of its time for nothing here.
        "ASAN_OPTIONS": "detect_leaks=0:abort_on_error=1:detect_stack_use_after_return=0:fast_unwind_on_malloc=1",
        "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
        "TSAN_OPTIONS": f"halt_on_error=1:suppressions={suppressions}",
    }


def sanitizer_reports(logs: Path) -> list[str]:
    """Lines of the logs in a directory that say a sanitizer or an assertion of ours spoke."""
    return [f"{log.name}: {line}" for log in sorted(logs.glob("*.log"))
            for line in log.read_text(errors="replace").splitlines() if any(mark in line for mark in REPORT_MARKS)]
