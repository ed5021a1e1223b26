"""Plans oidcc-rp-initiated-logout-, oidcc-frontchannel-rp-initiated-logout- and oidcc-backchannel-rp-initiated-logout-certification-test-plan."""

import pytest

from modules_logout import BACKCHANNEL, FRONTCHANNEL, RP_INITIATED


@pytest.mark.parametrize("module", RP_INITIATED)
def test_rp_initiated_logout(judge, module):
    judge(module, RP_INITIATED[module])


@pytest.mark.parametrize("module", FRONTCHANNEL)
def test_frontchannel_logout(judge, module):
    judge(module, FRONTCHANNEL[module])


@pytest.mark.parametrize("module", BACKCHANNEL)
def test_backchannel_logout(judge, module):
    judge(module, BACKCHANNEL[module])
