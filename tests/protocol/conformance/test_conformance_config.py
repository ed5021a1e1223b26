"""Plan oidcc-config-certification-test-plan."""

import pytest

from modules_config import CONFIG


@pytest.mark.parametrize("module", CONFIG)
def test_config(judge, module):
    judge(module, CONFIG[module])
