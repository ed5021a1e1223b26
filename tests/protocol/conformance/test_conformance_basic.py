"""Plans oidcc-basic-certification-test-plan and oidcc-formpost-basic-certification-test-plan: 38 modules each, three of which register a client."""

import pytest

from modules_basic import plan

NAMES = list(plan({}))


@pytest.mark.parametrize("module", NAMES)
def test_basic(judge, used_codes, module):
    judge(module, plan(used_codes)[module])


@pytest.mark.parametrize("module", NAMES)
def test_formpost_basic(judge, used_codes, module):
    judge(module, plan(used_codes)[module], "form_post")
