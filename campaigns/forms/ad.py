from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from campaigns.content_rules import unwanted
from campaigns.forms.leaves import ChoiceLeaf, Leaf, Length, TextLeaf, labelled
from campaigns.forms.lists import CoverLeaf, MediaLeaf, TextsLeaf
from campaigns.forms.nodes import NodeForm
from integrations.capabilities import MediaRule, TextRule
from integrations.draft import CreativeType


class AdForm(NodeForm):
    """What the ad shows, says and leads to."""

    GROUPS = (
        ("Ad", ("name", "creative.type", "creative.media", "creative.cover")),
        ("Texts", ("creative.primary_text", "creative.headlines", "creative.descriptions")),
        ("Where it leads", ("creative.call_to_action", "creative.link_url")),
    )
    WIDE = frozenset(
        {
            "creative.media",
            "creative.cover",
            "creative.primary_text",
            "creative.headlines",
            "creative.descriptions",
            "creative.link_url",
        }
    )

    def leaves(self) -> dict[str, Leaf]:
        return {
            "name": self.name_leaf("Ad name"),
            "creative.type": ChoiceLeaf(label="Creative type", choices=self._kinds(), decides=["media", "texts"]),
            "creative.media": MediaLeaf(
                label=self._media_label(), most=self._most_media(), kinds=self._media_kinds(), advice=self._advice()
            ),
            **self._cover(),
            **dict(self._texts()),
            "creative.call_to_action": ChoiceLeaf(
                label="Call to action",
                choices=labelled(self.frame.capabilities.calls_to_action),
                empty="Choose a button",
            ),
            "creative.link_url": Leaf(label="URL", help_text="Where a click leads: https://…"),
        }

    @property
    def kind(self) -> str:
        """The creative's type as it is stored; a type nobody knows counts as an image."""
        kind = self.node["creative"]["type"]
        return kind if isinstance(kind, str) and kind in set(CreativeType) else CreativeType.IMAGE

    def _kinds(self) -> list[tuple[str, str]]:
        kinds = {"image": "Single image", "video": "Video", "carousel": "Carousel"}
        offered = [creative.value for creative in self.frame.capabilities.creatives]
        return [(value, kinds.get(value, value)) for value in offered]

    def _most_media(self) -> int:
        rule = self.frame.capabilities.creative(self.kind)
        return rule.media_most if rule else 1

    def _cover(self) -> dict[str, Leaf]:
        if self.kind != CreativeType.VIDEO or not self.frame.capabilities.takes_cover:
            return {}
        return {"creative.cover": CoverLeaf(label="Cover", hint="optional", platform=self.frame.platform_label)}

    @property
    def media_rules(self) -> Mapping[str, MediaRule]:
        """What the ad's files must be, by their kind; nothing where the platform has no such ad."""
        rule = self.frame.capabilities.creative(self.kind)
        return rule.media if rule else {}

    def _media_kinds(self) -> tuple[str, ...]:
        return tuple(self.media_rules) or ("image",)

    def _media_label(self) -> str:
        word = "Video" if self._media_kinds() == ("video",) else "Picture" if self._most_media() > 1 else "Image"
        return f"{word}s" if self._most_media() > 1 else word

    def _texts(self) -> Iterator[tuple[str, Leaf]]:
        for name, label in (
            ("primary_text", "Primary text"),
            ("headlines", "Headline"),
            ("descriptions", "Description"),
        ):
            rule = self.frame.capabilities.texts.get(name)
            if rule is None:
                continue
            if name == "primary_text":
                leaf: Leaf = TextLeaf(label=label, hint="" if rule.required else "optional", **self._judged_by(rule))
            else:
                leaf = self._variants(label, rule)
            yield f"creative.{name}", leaf

    def _variants(self, label: str, rule: TextRule) -> TextsLeaf:
        is_carousel = self.kind == CreativeType.CAROUSEL
        pictures = len(self.node["creative"]["media"]) if is_carousel else 0
        most = max(rule.most, pictures)
        least = max(rule.least, int(rule.required), pictures)
        hint = "one for each picture" if is_carousel and most > 1 else "" if rule.required else "optional"
        return TextsLeaf(label=label, hint=hint, least=least, most=most, has_order=is_carousel, **self._judged_by(rule))

    def _judged_by(self, rule: TextRule) -> dict[str, Any]:
        """Return what a text's field must know to say at once what the rules will say."""
        return {
            "length": Length(rule.soft, rule.hard, self.frame.capabilities.count),
            "unwanted": unwanted.in_text(rule, self.frame.platform_label),
        }

    def _advice(self) -> str:
        return " ".join(rule.advice for rule in self.media_rules.values())
