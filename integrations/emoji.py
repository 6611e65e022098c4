"""What counts as an emoji where a platform takes none.

A joiner is none by itself: Persian and Hindi are written with it, and in an emoji it stands beside others.
"""

from __future__ import annotations

import re

#: Python and browsers read this class alike, so a page says while somebody types what the rules say afterwards.
EMOJI = (
    r"[\u20e3\u231a\u231b\u23e9-\u23fa\u2600-\u27bf\u2b00-\u2bff\ufe0f"
    "\U0001f000-\U0001faff\U000e0020-\U000e007f]"
)
_EMOJI = re.compile(EMOJI)


def has_emoji(text: str) -> bool:
    return _EMOJI.search(text) is not None
