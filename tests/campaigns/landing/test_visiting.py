"""A visit to a landing page: redirects are judged one by one, and nothing inside our own network is ever reached."""

from __future__ import annotations

import pytest

from campaigns.landing import visiting
from stratum import outbound
from stratum.outbound import NotAllowed, Reply, Unreachable

HOME = "https://shop.example/summer"


@pytest.fixture
def web(monkeypatch):
    """A web of our own: address → what is answered. What was asked for is noted."""
    answers: dict[str, Reply | Exception] = {}
    asked: list[str] = []

    def request(method, url, *, headers, seconds):
        asked.append(url)
        assert method == "GET"
        assert 0 < seconds <= visiting.SECONDS
        answer = answers[url]
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(visiting.outbound, "request", request)
    return answers, asked


def reply(status: int = 200, location: str = "") -> Reply:
    return Reply(status, {"location": location} if location else {}, "", 1)


def test_a_page_that_answers_is_fine(web):
    web[0][HOME] = reply()
    found = visiting.visit(HOME)

    assert (found.verdict, found.message, found.redirects) == ("ok", "The page answers.", 0)


@pytest.mark.parametrize("location", ["/sale", "https://shop.example/sale"])
def test_a_redirect_is_followed_and_said(web, location):
    web[0].update({HOME: reply(301, location), "https://shop.example/sale": reply()})
    found = visiting.visit(HOME)

    assert (found.verdict, found.redirects) == ("ok", 1)
    assert found.message == "The page answers, after a redirect at shop.example."
    assert web[1] == [HOME, "https://shop.example/sale"]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (reply(404), "The page answers 404"),
        (reply(503), "The page answers 503"),
        (reply(302), "The page answers 302"),
        (Unreachable("There is no server with the name shop.example."), "could not be opened: There is no server"),
        (reply(302, HOME), "redirects more than 5 times"),
        (NotAllowed(outbound.ONLY_HTTPS), "could not be checked: The address must begin with https://."),
    ],
)
def test_what_does_not_open_is_warned_of(web, answer, says):
    web[0][HOME] = answer
    found = visiting.visit(HOME)

    assert found.verdict == "warning"
    assert says in found.message
    assert len(web[1]) <= visiting.MOST_REDIRECTS + 1


def test_a_private_address_behind_a_redirect_is_an_error(web):
    inside = "http://10.0.0.1/"
    private = NotAllowed("10.0.0.1 is not a public address.", is_private=True)
    web[0].update({HOME: reply(302, inside), inside: private})
    found = visiting.visit(HOME)

    assert found.verdict == "error"
    assert found.message == "The link redirects to 10.0.0.1. 10.0.0.1 is not a public address."


@pytest.mark.parametrize(
    "address", ["https://10.0.0.1/", "https://127.0.0.1/", "https://[fd00::1]/", "http://10.0.0.1/"]
)
def test_the_guard_itself_calls_private_addresses_private_and_connects_to_none(monkeypatch, settings, address):
    settings.ALLOW_INSECURE_LOOPBACK = False
    monkeypatch.setattr(outbound.socket, "create_connection", lambda *args, **kw: pytest.fail("it connected"))

    assert visiting.visit(address).verdict == "error"


def test_a_name_that_leads_inside_is_an_error(monkeypatch, settings):
    settings.ALLOW_INSECURE_LOOPBACK = False
    inside = [(2, 1, 6, "", ("192.168.1.5", 443))]
    monkeypatch.setattr(outbound.socket, "getaddrinfo", lambda *args, **kw: inside)
    monkeypatch.setattr(outbound.socket, "create_connection", lambda *args, **kw: pytest.fail("it connected"))

    found = visiting.visit("https://rebinding.example/")

    assert found.verdict == "error"
    assert "rebinding.example leads to 192.168.1.5" in found.message


def test_an_address_in_any_script_is_asked_for_as_browsers_do(web):
    web[0]["https://xn--mnchen-3ya.example/s%C3%B6mmer?x=1"] = reply()

    assert visiting.visit("https://münchen.example/sömmer?x=1").verdict == "ok"


def test_a_host_that_is_played_elsewhere_is_asked_there_and_nowhere_else(web, settings):
    settings.LANDING_PAGE_HOSTS = {"shop.example": "http://127.0.0.1:8100/shop"}
    web[0]["http://127.0.0.1:8100/shop/summer"] = reply(302, "https://shop.example/sale?a=1")
    web[0]["http://127.0.0.1:8100/shop/sale?a=1"] = reply()

    assert visiting.visit(HOME).redirects == 1
