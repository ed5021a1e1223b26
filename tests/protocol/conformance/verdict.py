"""Verdicts by the rules of the OpenID Foundation's suite: what is wrong fails, what is unusual warns, what is not offered is skipped."""

from enum import Enum


class Verdict(str, Enum):
    FAILED = "FAILED"
    WARNING = "WARNING"
    SKIPPED = "SKIPPED"
    REVIEW = "REVIEW"  # ended well; the suite has a person look at a page
    PASSED = "PASSED"

    @property
    def worth(self) -> int:
        """Comparable; REVIEW is as good as PASSED where a page is the answer."""
        return {"FAILED": 0, "WARNING": 1, "SKIPPED": 2, "REVIEW": 3, "PASSED": 3}[self.value]


class Stopped(Exception):
    """A module that cannot go on, after what it has to say is in the report."""


class Report:
    """What a module found."""

    def __init__(self):
        self.failures, self.warnings, self.reviews, self.skipped = [], [], [], None

    def must(self, good, what) -> bool:
        if not good:
            self.failures.append(str(what))
        return bool(good)

    def should(self, good, what) -> bool:
        if not good:
            self.warnings.append(str(what))
        return bool(good)

    def require(self, good, what) -> None:
        """A must without which the rest makes no sense."""
        if not self.must(good, what):
            raise Stopped(what)

    def skip(self, why) -> None:
        self.skipped = why
        raise Stopped(why)

    def review(self, what) -> None:
        """The page that a person would look at was shown."""
        self.reviews.append(what)

    @property
    def verdict(self) -> Verdict:
        if self.failures:
            return Verdict.FAILED
        if self.skipped:
            return Verdict.SKIPPED
        if self.warnings:
            return Verdict.WARNING
        return Verdict.REVIEW if self.reviews else Verdict.PASSED

    def __str__(self):
        return "; ".join([*self.failures, *self.warnings, *([self.skipped] if self.skipped else []), *self.reviews])
