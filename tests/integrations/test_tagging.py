from __future__ import annotations

import pytest

from integrations import platforms
from integrations.tagging import tagged, tags_for, translated

TAGS = "utm_source=meta&utm_id={{campaign.id}}"


@pytest.mark.parametrize(
    ("link", "opened"),
    [
        ("https://a.example/x", f"https://a.example/x?{TAGS}"),
        ("https://a.example/x?y=1#top", f"https://a.example/x?y=1&{TAGS}#top"),
        ("https://a.example/x?utm_source=mail", "https://a.example/x?utm_source=mail&utm_id={{campaign.id}}"),
        ("https://a.example/x?utm%5Fsource=mail&utm_id=7", "https://a.example/x?utm%5Fsource=mail&utm_id=7"),
        ("https://a.example/x#?utm_source=mail", f"https://a.example/x?{TAGS}#?utm_source=mail"),
        ("", ""),
    ],
)
def test_a_parameter_that_the_link_has_is_not_added_again(link, opened):
    assert tagged(link, TAGS) == opened


def test_without_tags_a_link_stays_as_it_is():
    assert tagged("https://a.example/?#", "") == "https://a.example/?#"
    assert tags_for("https://a.example/", "") == ""


@pytest.mark.parametrize(
    ("target", "tags"),
    [
        ("google", "utm_source=meta&utm_id={campaignid}&p={placement}"),
        ("tiktok", "utm_source=meta&utm_id=__CAMPAIGN_ID__&p=__PLACEMENT__"),
        ("snapchat", "utm_source=meta&utm_id={{campaign.id}}"),  # Snapchat has no macro for the placement
    ],
)
def test_macros_are_said_in_the_other_platforms_words(target, tags):
    spoken, understood = (platforms.platform_class(slug).capabilities.url_macros for slug in ("meta", target))

    assert translated(f"{TAGS}&p={{{{placement}}}}", spoken, understood) == tags
