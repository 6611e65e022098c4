from __future__ import annotations

from collections.abc import Iterator

from campaigns.forms.leaves import ChoiceLeaf, Leaf, Length, TextLeaf, labelled
from campaigns.forms.lists import MediaLeaf, TextsLeaf
from campaigns.forms.nodes import NodeForm
from integrations.capabilities import TextRule
from integrations.draft import CreativeType


class AdForm(NodeForm):
    """What the ad shows, says and leads to."""

    GROUPS = (
        ("Ad", ("name", "creative.type", "creative.media")),
        ("Texts", ("creative.primary_text", "creative.headlines", "creative.descriptions")),
        ("Where it leads", ("creative.call_to_action", "creative.link_url")),
    )
    WIDE = frozenset(
        {"creative.media", "creative.primary_text", "creative.headlines", "creative.descriptions", "creative.link_url"}
    )

    def leaves(self) -> dict[str, Leaf]:
        return {
            "name": Leaf(label="Ad name"),
            "creative.type": ChoiceLeaf(label="Creative type", choices=self._kinds(), decides=["media", "texts"]),
            "creative.media": MediaLeaf(label=self._media_label(), most=self._most_media(), advice=self._advice()),
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

    def _media_label(self) -> str:
        return "Pictures" if self._most_media() > 1 else "Video" if self.kind == CreativeType.VIDEO else "Image"

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
                leaf: Leaf = TextLeaf(label=label, length=self._length(rule), hint="" if rule.required else "optional")
            else:
                leaf = self._variants(label, rule)
            yield f"creative.{name}", leaf

    def _variants(self, label: str, rule: TextRule) -> TextsLeaf:
        is_carousel = self.kind == CreativeType.CAROUSEL
        pictures = len(self.node["creative"]["media"]) if is_carousel else 0
        most = max(rule.most, pictures)
        least = max(rule.least, int(rule.required), pictures)
        hint = "one for each picture" if is_carousel and most > 1 else "" if rule.required else "optional"
        return TextsLeaf(
            label=label, hint=hint, length=self._length(rule), least=least, most=most, has_order=is_carousel
        )

    def _length(self, rule: TextRule) -> Length:
        return Length(rule.soft, rule.hard, self.frame.capabilities.count)

    def _advice(self) -> str:
        rule = self.frame.capabilities.creative(self.kind)
        pictures = rule.media.get("image") if rule else None
        return pictures.advice if pictures else "Videos cannot be uploaded in this version yet."
