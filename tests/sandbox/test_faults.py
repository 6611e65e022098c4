"""Each way a call can be made to go wrong, and that it went wrong in just that way."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from .graph_client import ACCOUNT, GraphClient, campaign
from .process import SandboxProcess
from .test_meta_batch import item

CAMPAIGNS = r"/act_\d+/campaigns$"


def campaigns(sandbox: SandboxProcess) -> int:
    return len(sandbox.objects(kind="campaign"))


def test_a_delayed_call_is_executed_all_the_same(graph: GraphClient, sandbox: SandboxProcess) -> None:
    sandbox.fault("delay", method="POST", path=CAMPAIGNS, value=0.4)
    started = time.monotonic()

    graph.campaign()

    assert time.monotonic() - started >= 0.4
    assert campaigns(sandbox) == 1
    assert sandbox.last_request()["fault"] == "delay"


def test_a_delay_holds_up_nobody_else(graph: GraphClient, sandbox: SandboxProcess) -> None:
    sandbox.fault("delay", method="POST", path=CAMPAIGNS, value=1.5)
    with ThreadPoolExecutor() as pool:
        slow = pool.submit(graph.campaign)
        sandbox.await_request(f"/v26.0/{ACCOUNT}/campaigns")
        started = time.monotonic()
        GraphClient(sandbox.url, graph.token).campaign()
        assert time.monotonic() - started < 1
        assert not slow.done()

    assert campaigns(sandbox) == 2


def test_a_call_that_is_held_up_is_in_the_journal_already(graph: GraphClient, sandbox: SandboxProcess) -> None:
    sandbox.fault("delay", method="POST", path=CAMPAIGNS, value=0.6)
    with ThreadPoolExecutor() as pool:
        slow = pool.submit(graph.campaign)
        assert sandbox.await_request(f"/v26.0/{ACCOUNT}/campaigns")["status"] is None
        slow.result()

    assert sandbox.last_request()["status"] == 200


def test_an_answer_can_be_delayed_after_the_call_was_executed(graph: GraphClient, sandbox: SandboxProcess) -> None:
    sandbox.fault("delay", method="POST", path=CAMPAIGNS, value=0.6, when="after")
    with ThreadPoolExecutor() as pool:
        slow = pool.submit(graph.campaign)
        while campaigns(sandbox) == 0:
            time.sleep(0.01)
        assert not slow.done()


def test_a_status_is_answered_in_the_platform_s_own_shape(graph: GraphClient, sandbox: SandboxProcess) -> None:
    sandbox.fault("status", path=CAMPAIGNS, value=503)

    answer = graph.call("POST", f"{ACCOUNT}/campaigns", **campaign())

    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == 2
    assert answer.json()["error"]["is_transient"] is True
    assert campaigns(sandbox) == 0


def test_a_status_can_come_after_the_call_was_executed(graph: GraphClient, sandbox: SandboxProcess) -> None:
    sandbox.fault("status", path=CAMPAIGNS, value=500, when="after")

    assert graph.call("POST", f"{ACCOUNT}/campaigns", **campaign()).status_code == 500
    assert campaigns(sandbox) == 1


@pytest.mark.parametrize(("effect", "made"), [("drop_before", 0), ("drop_after", 1)])
def test_a_dropped_connection_ends_without_a_byte(
    graph: GraphClient, sandbox: SandboxProcess, effect: str, made: int
) -> None:
    sandbox.fault(effect, method="POST", path=CAMPAIGNS)

    with pytest.raises(requests.ConnectionError, match="closed connection without response"):
        graph.call("POST", f"{ACCOUNT}/campaigns", **campaign())

    assert campaigns(sandbox) == made
    row = sandbox.last_request()
    assert (row["status"], row["response"], row["fault"]) == (None, None, effect)


@pytest.mark.parametrize(("when", "made"), [("before", 0), ("after", 1)])
def test_a_reset_is_a_tcp_reset(graph: GraphClient, sandbox: SandboxProcess, when: str, made: int) -> None:
    sandbox.fault("reset", method="POST", path=CAMPAIGNS, when=when)

    with pytest.raises(requests.ConnectionError, match="reset by peer"):
        graph.call("POST", f"{ACCOUNT}/campaigns", **campaign())

    assert campaigns(sandbox) == made


def test_a_truncated_answer_stops_half_way(graph: GraphClient, sandbox: SandboxProcess) -> None:
    sandbox.fault("truncate", method="POST", path=CAMPAIGNS)

    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        graph.call("POST", f"{ACCOUNT}/campaigns", **campaign())

    assert campaigns(sandbox) == 1
    whole = json.dumps({"id": sandbox.objects(kind="campaign")[0]["id"]}, separators=(",", ":"))
    assert sandbox.last_request()["response"] == whole[: len(whole) // 2]


def test_broken_connections_leave_the_server_whole_and_its_log_quiet(
    graph: GraphClient, sandbox: SandboxProcess
) -> None:
    log = sandbox.log.read_text()
    for effect in ("drop_before", "drop_after", "reset", "truncate"):
        sandbox.fault(effect, method="GET", path="/me$")
        with pytest.raises(requests.RequestException):
            graph.call("GET", "me")

    assert graph.get("me")["name"] == "Dana Whitfield"
    assert sandbox.log.read_text() == log


@pytest.mark.parametrize(("hint", "code"), [(7, 80004), ({"code": 17, "minutes": 7}, 17)])
def test_a_rate_limit_says_how_long_it_lasts(
    graph: GraphClient, sandbox: SandboxProcess, hint: object, code: int
) -> None:
    sandbox.fault("rate_limit", path=CAMPAIGNS, value=hint)

    answer = graph.call("POST", f"{ACCOUNT}/campaigns", **campaign())

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == code
    usage = json.loads(answer.headers["X-Business-Use-Case-Usage"])[ACCOUNT.removeprefix("act_")][0]
    assert usage["estimated_time_to_regain_access"] == 7
    assert usage["call_count"] == 100
    assert campaigns(sandbox) == 0


def test_an_expired_token_is_only_said_to_be(graph: GraphClient, sandbox: SandboxProcess) -> None:
    sandbox.fault("token_expired", path="/me$")

    error = graph.refusal("GET", "me")

    assert (error["code"], error["error_subcode"]) == (190, 463)
    assert graph.get("me")


def test_a_revoked_token_is_dead_afterwards(graph: GraphClient, sandbox: SandboxProcess) -> None:
    sandbox.fault("token_revoked", path="/me$")

    assert graph.refusal("GET", "me")["code"] == 190
    assert graph.refusal("GET", "me")["error_subcode"] == 458


def test_a_body_can_be_ordered_with_status_and_content_type(graph: GraphClient, sandbox: SandboxProcess) -> None:
    order = {"status": 200, "body": "<html>Sorry</html>", "content_type": "text/html"}
    sandbox.fault("error_body", path="/me$", value=order)

    answer = graph.call("GET", "me")

    assert (answer.status_code, answer.text) == (200, "<html>Sorry</html>")
    assert answer.headers["Content-Type"] == "text/html"


def test_a_bare_body_goes_out_as_a_refusal(graph: GraphClient, sandbox: SandboxProcess) -> None:
    sandbox.fault("error_body", path="/me$", value={"error": {"code": 100, "error_user_msg": "Age range invalid"}})

    assert graph.refusal("GET", "me")["error_user_msg"] == "Age range invalid"


def test_stale_reads_do_not_show_what_is_young(graph: GraphClient, sandbox: SandboxProcess) -> None:
    campaign_id = graph.campaign()
    sandbox.fault("stale_reads", method="GET", value=60, times=3)

    assert graph.get(f"{ACCOUNT}/campaigns")["data"] == []
    assert graph.refusal("GET", campaign_id)["error_subcode"] == 33
    assert len(graph.get("me/adaccounts")["data"]) == 6
    assert graph.get(f"{ACCOUNT}/campaigns")["data"] == [{"id": campaign_id}]


def test_stale_reads_hinder_no_writes(graph: GraphClient, sandbox: SandboxProcess) -> None:
    campaign_id = graph.campaign()
    sandbox.fault("stale_reads", value=60, times=None)

    assert graph.ad_set(campaign_id)


def test_a_fault_strikes_as_often_as_was_ordered(graph: GraphClient, sandbox: SandboxProcess) -> None:
    sandbox.fault("status", path="/me$", value=500, times=2)

    assert [graph.call("GET", "me").status_code for _ in range(4)] == [500, 500, 200, 200]


def test_a_fault_strikes_exactly_its_number_of_calls_among_many_at_once(
    graph: GraphClient, sandbox: SandboxProcess
) -> None:
    sandbox.fault("status", path="/me$", value=500, times=5)
    clients = [GraphClient(sandbox.url, graph.token) for _ in range(24)]
    with ThreadPoolExecutor(24) as pool:
        statuses = list(pool.map(lambda client: client.call("GET", "me").status_code, clients))

    assert statuses.count(500) == 5


def test_a_fault_without_a_number_lasts_until_it_is_cleared(graph: GraphClient, sandbox: SandboxProcess) -> None:
    sandbox.fault("status", path="/me$", value=500, times=None)
    assert [graph.call("GET", "me").status_code for _ in range(3)] == [500] * 3

    requests.delete(f"{sandbox.url}/_sandbox/faults", timeout=5)
    assert graph.call("GET", "me").status_code == 200


def test_a_fault_strikes_only_what_it_matches(graph: GraphClient, sandbox: SandboxProcess) -> None:
    sandbox.fault("status", method="POST", path=r"/adsets$", value=500)

    assert graph.campaign()
    assert graph.get(f"{ACCOUNT}/adsets")["data"] == []
    assert sandbox.get("faults")[0]["remaining"] == 1


@pytest.mark.parametrize(
    ("effect", "value"), [("status", 500), ("rate_limit", 5), ("error_body", {"error": {"code": 1}})]
)
def test_in_a_batch_an_answer_is_replaced_for_the_inner_call_alone(
    graph: GraphClient, sandbox: SandboxProcess, effect: str, value: object
) -> None:
    sandbox.fault(effect, method="POST", path=r"/adcreatives$", value=value)
    items = [item("campaigns", campaign()), item("adcreatives", {}), item("campaigns", campaign())]

    assert [answer["code"] == 200 for answer in graph.batch(items)] == [True, False, True]
    assert campaigns(sandbox) == 2


def test_in_a_batch_a_drop_of_an_inner_call_loses_the_whole_answer(graph: GraphClient, sandbox: SandboxProcess) -> None:
    sandbox.fault("drop_after", method="POST", path=CAMPAIGNS)

    with pytest.raises(requests.ConnectionError):
        graph.batch([{"method": "GET", "relative_url": "me"}, item("campaigns", campaign())])

    assert campaigns(sandbox) == 1
    assert sandbox.get("faults") == []


def test_a_token_revoked_in_the_middle_of_a_batch_ends_what_follows(
    graph: GraphClient, sandbox: SandboxProcess
) -> None:
    sandbox.fault("token_revoked", method="POST", path=r"/adcreatives$")
    items = [item("campaigns", campaign()), item("adcreatives", {}), item("campaigns", campaign())]

    assert [answer["code"] for answer in graph.batch(items)] == [200, 401, 401]
    assert campaigns(sandbox) == 1


REFUSED_ORDERS = {
    "unknown effect": {"effect": "explode"},
    "delay without seconds": {"effect": "delay"},
    "bad pattern": {"effect": "reset", "match": {"path": "("}},
    "bad moment": {"effect": "reset", "when": "later"},
    "unknown platform": {"effect": "reset", "platform": "myspace"},
}


@pytest.mark.parametrize("case", REFUSED_ORDERS)
def test_an_order_that_makes_no_sense_is_refused(sandbox: SandboxProcess, case: str) -> None:
    order = {"platform": "meta"} | REFUSED_ORDERS[case]

    assert requests.post(f"{sandbox.url}/_sandbox/faults", json=order, timeout=5).status_code == 400


def test_calls_that_a_fault_skips_pass(graph: GraphClient, sandbox: SandboxProcess) -> None:
    sandbox.fault("status", method="POST", path=CAMPAIGNS, value=500, skip=1)

    answers = [graph.call("POST", f"{ACCOUNT}/campaigns", **campaign()).status_code for _ in range(3)]

    assert answers == [200, 500, 200]


def test_every_call_takes_the_latency_at_least(graph: GraphClient, sandbox: SandboxProcess) -> None:
    sandbox.post("settings", latency_ms=150)
    started = time.monotonic()

    graph.get("me")

    assert time.monotonic() - started >= 0.15
