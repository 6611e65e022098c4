"""The seven flows on the platforms beside Meta, whose walk test_main_job.py and test_connecting.py are."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.factories import image_bytes
from tests.walks.flows import NAME, Walk, published
from tests.walks.tours import META, TOURS, Tour

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


@pytest.mark.parametrize("tour", [tour for tour in TOURS if tour is not META], ids=lambda tour: tour.slug)
def test_four_people_take_a_campaign_from_connect_to_published(stack, enter, tmp_path: Path, tour: Tour):
    picture = tmp_path / "summer-sale.jpg"
    picture.write_bytes(image_bytes(*tour.size))
    people = {name: enter(name) for name in ("ada", "carl", "anne", "paul")}
    walk = Walk(stack, **people, picture=picture, tour=tour)

    walk.connect()
    walk.enable()
    walk.build()
    walk.preview_and_submit()
    walk.review()
    walk.approve()
    walk.publish()
    walk.becomes(walk.paul, "Published")
    walk.look_at_the_platform()
    walk.sync_again()

    made = published(stack, tour.slug)
    assert made["campaign"]["name"].startswith(f"{NAME} [st-")
    assert {made[level]["status"] for level in ("campaign", "ad_set", "ad")} <= {"ACTIVE", "ENABLED", "ENABLE"}
