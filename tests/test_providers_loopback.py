"""The loopback provider itself: it counts, speaks, fails as it is told, and notices who hangs up."""

from __future__ import annotations

import json
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, IncompleteRead
from time import monotonic
from typing import Any

import pytest

from firstfive.testing.batches import Batches
from firstfive.testing.faults import FAULTS, drip, rate, slow, storm
from firstfive.testing.protocols import fitting, words
from firstfive.testing.providers import Provider, provider

CHAT = "/v1/chat/completions"
HELLO = {"model": "m", "messages": [{"role": "user", "content": "hello"}]}


@contextmanager
def connected(loopback: Provider, timeout: float = 5.0) -> Iterator[HTTPConnection]:
    connection = HTTPConnection(loopback.url.removeprefix("http://"), timeout=timeout)
    try:
        yield connection
    finally:
        connection.close()


def post(loopback: Provider, path: str = CHAT, body: Any = HELLO, method: str = "POST") -> tuple[int, Any]:
    """Status and JSON of the answer."""
    with connected(loopback) as connection:
        connection.request(method, path, json.dumps(body), {"content-type": "application/json"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read() or b"null")


def test_requests_are_counted_and_kept() -> None:
    with provider() as loopback:
        post(loopback)
        post(loopback, body={**HELLO, "model": "other"})
    assert [body["model"] for body in loopback.bodies] == ["m", "other"]
    assert loopback.asked[0].path == CHAT
    assert loopback.asked[0].headers["content-type"] == "application/json"


def test_the_answer_is_what_the_test_makes_of_the_request() -> None:
    with provider(lambda body: words(body).upper()) as loopback:
        _, answer = post(loopback)
    assert answer["choices"][0]["message"]["content"] == "HELLO"


def test_faults_come_in_order_and_then_everything_is_fine() -> None:
    with provider(faults=[FAULTS["500"], None, rate("7")]) as loopback:
        assert [post(loopback)[0] for _ in range(4)] == [500, 200, 429, 200]


def test_what_a_provider_charges_for_is_what_it_answered() -> None:
    with provider(faults=[FAULTS["500"], FAULTS["bad JSON"], None]) as loopback:
        for _ in range(3):
            post(loopback)
    assert (len(loopback.asked), len(loopback.paid)) == (3, 2)


def test_a_cut_answer_ends_before_its_length() -> None:
    with provider(faults=[FAULTS["cut"]]) as loopback, connected(loopback) as connection:
        connection.request("POST", CHAT, json.dumps(HELLO))
        with pytest.raises(IncompleteRead):
            connection.getresponse().read()


def test_a_client_that_hangs_up_is_noticed() -> None:
    with provider(faults=[slow(30), drip(0.3)]) as loopback:
        for _ in range(2):
            with connected(loopback, timeout=0.1) as connection:
                connection.request("POST", CHAT, json.dumps(HELLO))
                with pytest.raises((TimeoutError, socket.timeout)):
                    connection.getresponse().read()
        end = monotonic() + 2
        while len(loopback.hung_up) < 2 and monotonic() < end:
            pass
    assert len(loopback.hung_up) == 2


def test_a_mistake_of_the_tests_own_is_told() -> None:
    with pytest.raises(ZeroDivisionError), provider(lambda _: str(1 // 0)) as loopback:
        assert post(loopback)[0] == 500


def test_an_address_that_nobody_has_is_not_found() -> None:
    with provider() as loopback:
        assert post(loopback, "/v1/images")[0] == 404


def test_a_storm_is_the_same_each_time_and_as_strong_as_it_says() -> None:
    weather = [storm(seed=1)(number) for number in range(4000)]
    again = [storm(seed=1)(number) for number in range(4000)]
    assert [fault is None for fault in weather] == [fault is None for fault in again]
    calm = sum(fault is None for fault in weather)
    assert 0.44 < calm / 4000 < 0.52
    paid = Counter(fault.paid for fault in weather if fault)
    assert 0.37 < paid[False] / 4000 < 0.43


def test_an_answer_to_a_schema_fits_it() -> None:
    schema = {
        "type": "object",
        "properties": {
            "kind": {"enum": ["bakery", "school"]},
            "sizes": {"type": "array", "items": {"type": "integer", "minimum": 3}, "minItems": 2},
            "open": {"type": ["boolean", "null"]},
            "note": {"anyOf": [{"const": "not stated"}, {"type": "string"}]},
        },
    }
    assert fitting(schema) == {"kind": "bakery", "sizes": [3, 3], "open": True, "note": "not stated"}


# --- batches ----------------------------------------------------------------------------------------------------------


def upload(loopback: Provider, lines: list[dict[str, Any]]) -> str:
    content = "\n".join(map(json.dumps, lines))
    body = f'--x\r\nContent-Disposition: form-data; name="file"; filename="c.jsonl"\r\n\r\n{content}\r\n--x--\r\n'
    with connected(loopback) as connection:
        connection.request("POST", "/v1/files", body, {"content-type": "multipart/form-data; boundary=x"})
        return str(json.loads(connection.getresponse().read())["id"])


def lines(n: int) -> list[dict[str, Any]]:
    return [{"custom_id": f"c{i}", "method": "POST", "url": CHAT, "body": HELLO} for i in range(n)]


def finished(loopback: Provider, file: str) -> dict[str, Any]:
    asked = {"input_file_id": file, "endpoint": CHAT, "completion_window": "24h"}
    id_ = post(loopback, "/v1/batches", asked)[1]["id"]
    for _ in range(5):
        job = post(loopback, f"/v1/batches/{id_}", method="GET")[1]
        if job["status"] not in {"validating", "in_progress"}:
            return dict(job)
    raise AssertionError(job)


def content(loopback: Provider, file: str) -> list[dict[str, Any]]:
    with connected(loopback) as connection:
        connection.request("GET", f"/v1/files/{file}/content")
        return [json.loads(line) for line in connection.getresponse().read().splitlines()]


def test_a_batch_gives_every_line_its_result_in_another_order() -> None:
    with provider() as loopback:
        job = finished(loopback, upload(loopback, lines(3)))
        results = content(loopback, job["output_file_id"])
    assert job["status"] == "completed"
    assert job["request_counts"] == {"total": 3, "completed": 3, "failed": 0}
    assert [one["custom_id"] for one in results] == ["c2", "c1", "c0"]
    assert results[0]["response"]["body"]["choices"][0]["message"]["content"] == "yes"
    assert len(loopback.paid) == 3


def test_lines_of_a_batch_that_fail_are_in_the_file_of_errors() -> None:
    batches = Batches(polls=2, faults=lambda number: FAULTS["400"] if number == 1 else None)
    with provider(batches=batches) as loopback:
        job = finished(loopback, upload(loopback, lines(3)))
        assert [one["custom_id"] for one in content(loopback, job["error_file_id"])] == ["c1"]
        assert len(content(loopback, job["output_file_id"])) == 2


def test_a_batch_may_expire_without_results() -> None:
    with provider(batches=Batches(ends="expired")) as loopback:
        job = finished(loopback, upload(loopback, lines(2)))
    assert (job["status"], job["output_file_id"], loopback.paid) == ("expired", None, [])
