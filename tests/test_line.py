"""The line of a run's tasks: what may be on its way, what waits for another try, and who wakes whom."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic, thread_time

import pytest

from firstfive.app.line import Line, Try


def line(*tasks: str, at_once: int = 2, room: int = 10) -> Line[str, str]:
    made: Line[str, str] = Line(room, at_once)
    for task in tasks:
        assert made.put(task, 0)
    return made


def names(taken: list[Try[str]]) -> list[str]:
    return [attempt.task for attempt in taken]


def later(work: Callable[[], object], pool: ThreadPoolExecutor) -> Future[object]:
    """Does it a moment later, in another thread."""

    def wait_first() -> object:
        time.sleep(0.05)
        return work()

    return pool.submit(wait_first)


def test_no_more_are_on_their_way_than_may_be_until_their_answers_are_looked_at() -> None:
    some = line("a", "b", "c", at_once=2)
    first, second = some.take()
    assert some.take() == []
    some.bring(first, "answer")
    assert some.take() == [], "nobody has looked at the answer yet, nor kept it"
    assert some.wait() == [(first, "answer")]
    assert names(some.take()) == ["c"]
    assert second.task == "b"


def test_one_put_back_is_taken_when_its_time_has_come_and_before_the_new_ones() -> None:
    some = line("a", at_once=1)
    [attempt] = some.take()
    some.bring(attempt, "fails")
    some.wait()
    begun = monotonic()
    some.again(attempt, 0.1)
    assert some.wait() == []
    assert 0.09 <= monotonic() - begun < 5
    some.put("b", 0)
    assert some.take() == [attempt]


def test_where_nothing_may_be_sent_it_waits_for_an_answer_and_does_not_spin() -> None:
    some = line("a", "b", at_once=1)
    [attempt] = some.take()
    some.again(Try("c"), 0)
    with ThreadPoolExecutor(1) as pool:
        later(lambda: some.bring(attempt, "answer"), pool)
        begun = thread_time()
        assert some.wait() == [(attempt, "answer")]
        assert thread_time() - begun < 0.04


@pytest.mark.parametrize("wakes", ["put", "close", "stop"])
def test_who_waits_hears_of_what_happens(wakes: str) -> None:
    some = line()
    acts: dict[str, Callable[[], object]] = {"put": lambda: some.put("a", 0), "close": some.close, "stop": some.stop}
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(some.wait)
        time.sleep(0.05)
        acts[wakes]()
        try:
            assert waiting.result(5) == ([] if wakes == "put" else None)
        finally:
            some.stop()


def test_a_full_line_takes_one_when_one_was_taken() -> None:
    some = line("a", "b", room=2, at_once=1)
    assert not some.put("c", 0.01)
    with ThreadPoolExecutor(1) as pool:
        later(some.take, pool)
        begun = monotonic()
        assert some.put("c", 20)
        assert monotonic() - begun < 10, "it was woken, and did not look again at the end of its time"


def test_a_stopped_line_ends_when_what_is_on_its_way_is_back() -> None:
    some = line("a", "b", "c", at_once=2)
    first, second = some.take()
    some.stop(ValueError("the first"))
    some.stop(ValueError("another"))
    assert some.put("d", 0), "so that who puts goes on to look"
    some.bring(first, "1")
    assert some.wait() == [(first, "1")]
    assert some.take() == []
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(some.wait)
        with pytest.raises(TimeoutError):
            waiting.result(0.05)
        some.bring(second, "2")
        assert waiting.result(5) == [(second, "2")]
    assert some.wait() is None
    assert str(some.error) == "the first"


def test_what_was_not_sent_is_waited_for_by_nobody() -> None:
    some = line("a", at_once=1)
    some.close()
    some.drop(len(some.take()))
    assert some.wait() is None
