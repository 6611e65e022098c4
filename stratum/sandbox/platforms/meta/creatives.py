"""Ad creatives: POST /act_X/adcreatives (Marketing API v26, ad creative and object story spec references)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from stratum.sandbox.consent import LOOPBACK_HOSTS
from stratum.sandbox.models import Object

from . import errors, storing, videos
from .accounts import usable
from .errors import GraphError
from .graph import GraphRequest
from .parameters import Parameters

CREATE = frozenset({"name", "object_story_spec", "url_tags", "degrees_of_freedom_spec", "contextual_multi_ads"})
UPDATE = frozenset({"name", "status"})
SPEC_KEYS = frozenset({"page_id", "instagram_user_id", "link_data", "video_data"})
LINK_KEYS = frozenset(
    [
        "link",
        "message",
        "name",
        "description",
        "caption",
        "image_hash",
        "picture",
        "call_to_action",
        "child_attachments",
        "multi_share_end_card",
        "multi_share_optimized",
    ]
)
CARD_KEYS = frozenset({"link", "name", "description", "image_hash", "picture", "video_id", "call_to_action"})
VIDEO_KEYS = frozenset(
    {"video_id", "image_hash", "image_url", "message", "title", "link_description", "call_to_action"}
)
CALLS_TO_ACTION = frozenset(
    [
        "LEARN_MORE",
        "SHOP_NOW",
        "SIGN_UP",
        "SUBSCRIBE",
        "DOWNLOAD",
        "BOOK_NOW",
        "BOOK_TRAVEL",
        "CONTACT_US",
        "APPLY_NOW",
        "GET_QUOTE",
        "GET_OFFER",
        "ORDER_NOW",
        "BUY_NOW",
        "BUY_TICKETS",
        "WATCH_MORE",
        "LISTEN_NOW",
        "PLAY_GAME",
        "INSTALL_MOBILE_APP",
        "DONATE_NOW",
        "CALL_NOW",
        "MESSAGE_PAGE",
        "WHATSAPP_MESSAGE",
        "GET_DIRECTIONS",
        "SEE_MORE",
        "VIEW_PRODUCT",
        "NO_BUTTON",
    ]
)
VALUE_KEYS = frozenset({"link", "lead_gen_form_id", "page", "app_link", "application", "link_caption"})
FEWEST_CARDS, MOST_CARDS = 2, 10


def create(request: GraphRequest) -> dict[str, Any]:
    """Makes a creative, or with validate_only says whether it could be made."""
    _refuse_dead_fields(request.params)
    params = Parameters(request.params, CREATE)
    params.require("object_story_spec")
    spec = params.json("object_story_spec", dict)
    _check_spec(request, spec)
    features = params.json("degrees_of_freedom_spec", dict)
    _check_features(features or {})
    data = {"object_story_spec": spec, "url_tags": params.text("url_tags"), "degrees_of_freedom_spec": features}
    name = params.text("name", 400) or f"Creative of {spec['page_id']}"
    return storing.create(request, params, Object.Kind.CREATIVE, name, "", data)


def update(request: GraphRequest) -> dict[str, bool]:
    """Renames a creative; text and media can never be changed."""
    creative = storing.changeable(request)
    for name in request.params:
        if name in CREATE - UPDATE:
            raise errors.invalid("The content of a creative cannot be changed; make a new one.", name, subcode=1815573)
    return storing.change(request, Parameters(request.params, UPDATE), creative)


def _refuse_dead_fields(params: dict[str, str]) -> None:
    everything = "".join(params.values()) + "".join(params)
    if "instagram_actor_id" in everything:
        raise GraphError(
            100, "(#100) instagram_actor_id is deprecated. Use instagram_user_id instead.", blame="instagram_actor_id"
        )


def _check_spec(request: GraphRequest, spec: dict[str, Any]) -> None:
    _known(spec, SPEC_KEYS, "object_story_spec")
    page_id = spec.get("page_id")
    if not page_id:
        raise _invalid("The object story spec needs a page_id.", "page_id")
    if not usable(Object.Kind.PAGE, request.account).filter(external_id=str(page_id)).exists():
        raise _invalid(f"The Page {page_id} does not exist or cannot be advertised by you.", "page_id")
    instagram = spec.get("instagram_user_id")
    if instagram and not usable(Object.Kind.INSTAGRAM, request.account).filter(external_id=str(instagram)).exists():
        raise _invalid(f"The Instagram account {instagram} is not connected to this ad account.", "instagram_user_id")
    bodies = [key for key in ("link_data", "video_data") if key in spec]
    if len(bodies) != 1:
        raise _invalid("The object story spec needs exactly one of link_data and video_data.", "link_data")
    _CHECKS[bodies[0]](request, spec[bodies[0]])


def _check_link_data(request: GraphRequest, data: Any) -> None:
    _known(data, LINK_KEYS, "link_data")
    _check_link(data.get("link"), "link")
    _check_image(request, data)
    _check_call_to_action(data.get("call_to_action"))
    cards = data.get("child_attachments")
    if cards is None:
        return
    if not isinstance(cards, list) or not FEWEST_CARDS <= len(cards) <= MOST_CARDS:
        raise _invalid(f"A carousel needs {FEWEST_CARDS} to {MOST_CARDS} cards.", "child_attachments")
    for card in cards:
        _check_card(request, card)


def _check_card(request: GraphRequest, card: Any) -> None:
    _known(card, CARD_KEYS, "child_attachments")
    _check_link(card.get("link"), "link")
    if not {"image_hash", "picture", "video_id"} & card.keys():
        raise _invalid("Each card of a carousel needs an image.", "child_attachments")
    _check_image(request, card)
    _check_call_to_action(card.get("call_to_action"))


def _check_video_data(request: GraphRequest, data: Any) -> None:
    _known(data, VIDEO_KEYS, "video_data")
    videos.require_ready(request, str(data.get("video_id") or ""))
    if not data.get("image_hash") and not data.get("image_url"):
        raise errors.invalid(
            "Please specify one of image_hash or image_url in the video_data field of object_story_spec.",
            "video_data",
            subcode=1443226,
            title="Your video needs a thumbnail",
        )
    _check_image(request, data)
    if "call_to_action" not in data:
        raise _invalid("A video ad needs a call to action, which carries its link.", "call_to_action")
    _check_call_to_action(data["call_to_action"])


_CHECKS = {"link_data": _check_link_data, "video_data": _check_video_data}


def _check_image(request: GraphRequest, data: dict[str, Any]) -> None:
    """The hash must be of an image in this very ad account."""
    image_hash = data.get("image_hash")
    if image_hash is None:
        return
    external_id = f"{request.account.data['account_id']}:{image_hash}"
    image = request.view.object(Object.Kind.MEDIA, external_id)
    if image is None or image.deleted_at:
        raise _invalid(f"The image hash {image_hash} is not in the library of this ad account.", "image_hash")


def _check_link(link: Any, key: str) -> None:
    """https is asked for; a loopback address stands for a page of the machine at hand and may be http."""
    try:
        parts = urlsplit(link) if isinstance(link, str) else None
    except ValueError:
        parts = None
    secure = (
        parts is not None and parts.hostname and (parts.scheme == "https" or _is_local(parts.scheme, parts.hostname))
    )
    if not secure:
        raise _invalid(f"The link {link or '(none)'} is not a web address that begins with https.", key)


def _is_local(scheme: str, host: str) -> bool:
    return scheme == "http" and host in LOOPBACK_HOSTS


def _check_call_to_action(button: Any) -> None:
    if button is None:
        return
    _known(button, frozenset({"type", "value"}), "call_to_action")
    kind, value = button.get("type"), button.get("value", {})
    if kind not in sorted(CALLS_TO_ACTION):
        listed = ", ".join(sorted(CALLS_TO_ACTION))
        raise GraphError(
            100, f"(#100) Param call_to_action[type] must be one of {{{listed}}}", blame=_path("call_to_action")
        )
    _known(value, VALUE_KEYS, "call_to_action")
    if kind == "WHATSAPP_MESSAGE" and value:
        raise GraphError(
            105, "(#105) The number of parameters exceeded the maximum", subcode=1815630, blame=_path("call_to_action")
        )
    if kind == "CALL_NOW":
        if not str(value.get("link", "")).startswith("tel:"):
            raise _invalid("CALL_NOW needs a telephone link.", "call_to_action")
    elif "link" in value:
        _check_link(value["link"], "call_to_action")
    elif kind not in ("NO_BUTTON", "WHATSAPP_MESSAGE", "MESSAGE_PAGE") and "lead_gen_form_id" not in value:
        raise _invalid(f"The call to action {kind} needs a link.", "call_to_action")


def _check_features(spec: dict[str, Any]) -> None:
    features = spec.get("creative_features_spec", {})
    if not isinstance(features, dict):
        raise errors.invalid("The features must be an object.", "degrees_of_freedom_spec")
    if "standard_enhancements" in features:
        raise errors.invalid(
            "The standard enhancements bundle is no longer available; choose single features.",
            "degrees_of_freedom_spec",
            subcode=3858504,
        )
    for feature in features.values():
        if not isinstance(feature, dict) or feature.get("enroll_status") not in ("OPT_IN", "OPT_OUT"):
            raise errors.invalid("Each feature's enroll_status must be OPT_IN or OPT_OUT.", "degrees_of_freedom_spec")


def _known(part: Any, keys: frozenset[str], name: str) -> None:
    if not isinstance(part, dict):
        raise GraphError(100, f"(#100) {name} must be an object", blame=_path(name))
    for key in part:
        if key not in keys:
            raise GraphError(100, f'(#100) Invalid keys "{key}" were found in param "{name}".', blame=_path(name))


def _invalid(message: str, key: str) -> GraphError:
    return errors.invalid(message, _path(key), title="Invalid creative")


def _path(key: str) -> list[str]:
    return ["object_story_spec"] if key == "object_story_spec" else ["object_story_spec", key]
