"""The harness itself: its plans have the suite's modules, its verdicts the suite's order, and what is expected of us is no less than the reference."""

import pytest

import expectations
from modules_basic import REGISTER_THEMSELVES, plan
from modules_config import CONFIG
from modules_logout import BACKCHANNEL, FRONTCHANNEL, RP_INITIATED
from verdict import Report, Stopped, Verdict

PLANS = {"config": (CONFIG, 1), "basic": (plan({}), 38), "rp-initiated": (RP_INITIATED, 11), "frontchannel": (FRONTCHANNEL, 2), "backchannel": (BACKCHANNEL, 2)}


@pytest.mark.parametrize("name", PLANS)
def test_a_plan_has_as_many_modules_as_the_suites(name):
    modules, count = PLANS[name]
    assert len(modules) == count


@pytest.mark.parametrize("name", PLANS)
def test_what_is_expected_of_us_is_no_less_than_a_certified_op_reaches(name):
    for module in PLANS[name][0]:
        assert expectations.expected("tessera", module).worth >= expectations.reference(module).worth, module


def test_what_is_expected_otherwise_is_about_modules_there_are():
    known = {module for modules, _ in PLANS.values() for module in modules}
    assert set(expectations.REFERENCE) | REGISTER_THEMSELVES | set().union(*expectations.OTHERWISE.values()) <= known


def test_a_failure_outweighs_a_skip_and_that_a_warning_and_that_a_page():
    report = Report()
    assert report.verdict == Verdict.PASSED
    report.review("a page")
    assert report.verdict == Verdict.REVIEW
    report.should(False, "unusual")
    assert report.verdict == Verdict.WARNING
    with pytest.raises(Stopped):
        report.skip("not offered")
    assert report.verdict == Verdict.SKIPPED
    report.must(False, "wrong")
    assert report.verdict == Verdict.FAILED
