from __future__ import annotations

import pytest

from integrations import connections
from stratum.ui import Refusal
from tests.publishing.conftest import work_until_settled


def test_a_platform_is_not_disconnected_while_a_campaign_is_being_published(world, draft, run, ada):
    with pytest.raises(Refusal, match="under way"):
        connections.disconnect("meta", ada)

    assert work_until_settled(run).state == "succeeded"


def test_afterwards_it_is(world, draft, run, ada):
    work_until_settled(run)

    assert connections.disconnect("meta", ada) is True
