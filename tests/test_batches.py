"""Batch jobs: submitted once, collected on another day or machine, paid at their own price, mended call by call."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from firstfive.app import batches as jobs
from firstfive.app import model_runs
from firstfive.app.batches import in_batches
from firstfive.app.model_runs import RunReport, Task, one_run, run_tasks
from firstfive.app.wiring import Project, init_project, open_project
from firstfive.errors import BudgetError, BuildError, ModelError, SettingsError
from firstfive.models.batches import BatchApi
from firstfive.observe import Quiet
from firstfive.ports import BatchJob, Call, Reply, Spent
from firstfive.testing.batches import Batches, Line
from firstfive.testing.faults import BAD_JSON, FAULTS, Said
from firstfive.testing.models import Answer, FakeGateway
from firstfive.testing.providers import Provider, provider
from firstfive.testing.wire import Asked, Wire
from firstfive.types import Stamp

STEP = "describe"
SCHEMA = {
    "type": "object",
    "properties": {"kind": {"type": "string"}},
    "required": ["kind"],
    "additionalProperties": False,
}


@pytest.fixture
def loopback() -> Iterator[Provider]:
    """Each job is looked at once before it ends; each call costs 100 tokens in and 10 out."""

    def answer(body: dict[str, Any]) -> Said:
        return Said(json.dumps({"kind": body["messages"][-1]["content"]}), input_tokens=100, output_tokens=10)

    with provider(answer, batches=Batches(polls=1)) as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(model_runs, "FIRST_WAIT_S", 0.001)
    init_project(tmp_path)
    return tmp_path


def opened(folder: Path, loopback: Provider, *more: str) -> Project:
    price = "prices.vllm:model"
    return open_project(
        folder,
        environment={},
        overrides=[
            "models.llm=vllm:model",
            f"providers.vllm.url={loopback.openai}",
            f"{price}.input=1.0",
            f"{price}.output=10.0",
            f"{price}.batch=0.5",
            *more,
        ],
    )


@pytest.fixture
def project(folder: Path, loopback: Provider) -> Iterator[Project]:
    with opened(folder, loopback) as one:
        yield one


@pytest.fixture
def single(monkeypatch: pytest.MonkeyPatch) -> FakeGateway:
    """The gateway, where calls go that are not in a job."""

    def answer(call: Call) -> Answer:
        return json.dumps({"kind": f"single {call.text}"})

    gateway = FakeGateway(answer)
    monkeypatch.setattr(Project, "gateway", property(lambda _: gateway), raising=False)
    return gateway


def tasks(n: int) -> list[Task]:
    names = [f"item {number}" for number in range(n)]
    return [
        Task(Stamp(STEP, 1, inputs=(name,)), Call(STEP, system="Be short.", text=name, schema=SCHEMA), name)
        for name in names
    ]


def run(project: Project, given: list[Task], *, batch: bool = False) -> RunReport:
    with one_run(batch=batch):
        return run_tasks(project, STEP, given, lambda reply: reply.value["kind"].encode(), progress=Quiet())


def submit(project: Project, given: list[Task]) -> str:
    with pytest.raises(BuildError) as waiting:
        run(project, given, batch=True)
    assert waiting.value.code == "build.waiting"
    return str(waiting.value)


def results(project: Project, given: list[Task]) -> list[str]:
    with project.store.read() as unit:
        found = unit.ledger.get([one.stamp.id for one in given])
    return [found[one.stamp.id].decode() if one.stamp.id in found else "" for one in given]


def spent(project: Project) -> Spent:
    with project.store.read() as unit:
        return unit.spending.of(["project"])["project"]


def created(loopback: Provider) -> int:
    return sum(asked.method == "POST" and asked.path.endswith("/batches") for asked in loopback.asked)


def test_a_job_is_submitted_left_and_collected_by_another_run(
    folder: Path, loopback: Provider, single: FakeGateway
) -> None:
    given = tasks(5)
    with opened(folder, loopback) as project:
        told = submit(project, given)
        assert "5 calls of describe are with the provider's batch API for up to 24 hours (job batch-1 of" in told
        assert results(project, given) == [""] * 5
    with opened(folder, loopback) as another, pytest.raises(BuildError, match="is in_progress"):
        run(another, given)
    with opened(folder, loopback) as later:
        report = run(later, given)
        assert results(later, given) == [f"item {n}" for n in range(5)]
    assert (report.made, report.batched, report.waiting, report.failed) == (5, 5, 0, 0)
    assert created(loopback) == 1
    assert single.asked == []
    assert list((folder / "batches").iterdir()) == []


def test_a_job_asks_what_single_calls_ask(project: Project, loopback: Provider, single: FakeGateway) -> None:
    submit(project, tasks(1))
    [file] = loopback.batches.files.values()
    line = json.loads(file)
    [one] = tasks(1)
    assert line["custom_id"] == one.stamp.id
    assert line["url"] == "/v1/chat/completions"
    assert line["body"]["model"] == "model"
    assert line["body"]["temperature"] == 0.0
    assert line["body"]["messages"][-1] == {"role": "user", "content": "item 0"}
    assert line["body"]["response_format"]["json_schema"]["schema"]["required"] == ["kind"]


def test_the_dearest_price_is_set_aside_for_the_whole_life_of_a_job(
    project: Project, loopback: Provider, single: FakeGateway
) -> None:
    given = tasks(3)
    submit(project, given)
    during = spent(project)
    dearest = sum(Call(STEP).max_tokens * 10 * 0.5 * 1000 for _ in given)
    assert during.settled.nano_usd == 0
    assert during.open.nano_usd > dearest

    submit(project, given)
    assert spent(project) == during

    report = run(project, given)
    after = spent(project)
    assert after.open.nano_usd == 0
    assert after.settled.nano_usd == 3 * (100 * 1 + 10 * 10) * 1000 // 2
    assert report.spent_usd == pytest.approx(0.0003)


def test_a_job_that_may_cost_more_than_there_is_is_not_submitted(
    folder: Path, loopback: Provider, single: FakeGateway
) -> None:
    with opened(folder, loopback, "budget.project_usd=0.001") as project:
        with pytest.raises(BudgetError, match=r"a batch job of 4 calls may cost 0\.0\d+ USD .* more than project has"):
            run(project, tasks(4), batch=True)
        assert spent(project) == Spent()
    assert created(loopback) == 0


def test_lines_that_failed_are_asked_once_more_one_by_one(
    project: Project, loopback: Provider, single: FakeGateway
) -> None:
    wrong = {1: FAULTS["500"], 2: BAD_JSON, 3: FAULTS["refusal"], 4: FAULTS["not ended"]}
    loopback.batches.faults = wrong.get
    given = tasks(6)
    submit(project, given)
    submit(project, given)
    report = run(project, given, batch=True)
    assert results(project, given) == ["item 0", *(f"single item {n}" for n in (1, 2, 3, 4)), "item 5"]
    assert (report.made, report.batched) == (6, 2)
    assert sorted(call.text for call in single.asked) == [f"item {n}" for n in (1, 2, 3, 4)]


@pytest.mark.parametrize("ends", ["expired", "cancelled"])
def test_of_a_job_that_ended_early_what_there_is_is_kept_and_the_rest_asked_one_by_one(
    ends: str, project: Project, loopback: Provider, single: FakeGateway
) -> None:
    loopback.batches.ends, loopback.batches.answered = ends, 2
    given = tasks(4)
    submit(project, given)
    submit(project, given)
    report = run(project, given)
    assert results(project, given) == ["item 0", "item 1", "single item 2", "single item 3"]
    assert report.batched == 2
    assert spent(project).settled.nano_usd == 2 * 100_000, "what was not run costs nothing"


def test_a_refused_job_costs_nothing_and_says_why(project: Project, loopback: Provider, single: FakeGateway) -> None:
    loopback.batches.ends = "failed"
    given = tasks(2)
    submit(project, given)
    submit(project, given)
    with pytest.raises(ModelError, match=r"refused the batch job batch-1 \(invalid: the file is not right\)"):
        run(project, given)
    assert spent(project).settled.nano_usd == spent(project).open.nano_usd == 0
    assert run(project, given).made == 2
    assert len(single.asked) == 2


class Killed(BaseException):
    """The process is gone."""


def test_a_kill_before_the_job_is_noted_does_not_submit_it_twice(
    folder: Path, loopback: Provider, single: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = BatchApi.create

    def killed_after(api: BatchApi, file: str, job: str) -> None:
        create(api, file, job)
        raise Killed

    given = tasks(3)
    with opened(folder, loopback) as project, monkeypatch.context() as patch:
        patch.setattr(BatchApi, "create", killed_after)
        with pytest.raises(Killed):
            run(project, given, batch=True)
    with opened(folder, loopback) as project:
        assert "batch-1" in submit(project, given)
        assert run(project, given).batched == 3
    assert created(loopback) == 1


def test_a_kill_before_the_provider_has_the_job_submits_it_once(
    folder: Path, loopback: Provider, single: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise Killed

    given = tasks(3)
    with opened(folder, loopback) as project, monkeypatch.context() as patch:
        patch.setattr(BatchApi, "create", killed)
        with pytest.raises(Killed):
            run(project, given, batch=True)
    with opened(folder, loopback) as project:
        with pytest.raises(BuildError, match=r"was begun .* in a minute"):
            run(project, given, batch=True)
        assert created(loopback) == 0
        monkeypatch.setattr(jobs, "UNSURE", timedelta(0))
        submit(project, given)
        assert spent(project).calls == 1, "what was set aside for the job that never was is free again"
    assert created(loopback) == 1


class Tampering(Batches):
    """Changes what the provider says about batches."""

    def respond(self, asked: Asked, line: Line) -> Wire | None:
        wire = super().respond(asked, line)
        return wire if wire is None else self.changed(asked, wire)

    def changed(self, asked: Asked, wire: Wire) -> Wire:
        raise NotImplementedError(asked.path, wire)


class LosesTheFirstAnswer(Tampering):
    lost = False

    def changed(self, asked: Asked, wire: Wire) -> Wire:
        if asked.method == "POST" and asked.path.endswith("/batches") and not self.lost:
            self.lost = True
            return replace(wire, cut=10)
        return wire


class Hostile(Tampering):
    """Results with lines of others, of nobody, twice, and of no form at all."""

    def changed(self, asked: Asked, wire: Wire) -> Wire:
        if not asked.path.endswith("/content"):
            return wire
        first, *rest = wire.body.splitlines()
        other = json.loads(first)
        other["response"]["body"]["choices"][0]["message"]["content"] = '{"kind": "forged"}'
        forged = json.dumps(other).encode()
        unknown = json.dumps({**other, "custom_id": "x"}).encode()
        bad = [b"", b"{", b"[1]", b"[" * 5_000, b"\xff\xfe", b'{"custom_id": 7}', b"null", unknown]
        return replace(wire, body=b"\n".join([*bad, first, forged, *rest]))


def test_where_the_answer_to_a_submission_is_lost_the_job_is_found_again(folder: Path, single: FakeGateway) -> None:
    given = tasks(3)
    with provider(batches=LosesTheFirstAnswer(polls=0)) as loopback, opened(folder, loopback) as project:
        with pytest.raises(ModelError) as lost:
            run(project, given, batch=True)
        assert lost.value.code == "model.unreachable"
        assert run(project, given).batched == 3
        assert created(loopback) == 1
    assert single.asked == []


def test_a_job_is_found_behind_many_newer_ones_of_others(folder: Path, loopback: Provider, single: FakeGateway) -> None:
    loopback.batches.polls = 0
    given = tasks(1)
    with opened(folder, loopback) as project:
        submit(project, given)
        [job] = _jobs(project)
        project.store.write(lambda unit: unit.batch_jobs.put(replace(job, state="begun")))
        newer = {f"batch-{n}": {"id": f"batch-{n}", "status": "completed", "metadata": None} for n in range(2, 250)}
        loopback.batches.jobs |= newer
        assert run(project, given).batched == 1
    assert created(loopback) == 1


def _jobs(project: Project) -> list[BatchJob]:
    with project.store.read() as unit:
        return list(unit.batch_jobs.all())


def test_strange_lines_among_the_results_change_nothing(folder: Path, single: FakeGateway) -> None:
    def answer(body: dict[str, Any]) -> str:
        return json.dumps({"kind": body["messages"][-1]["content"]})

    given = tasks(3)
    with provider(answer, batches=Hostile(polls=0, shuffled=False)) as loopback, opened(folder, loopback) as project:
        submit(project, given)
        assert run(project, given).batched == 3
        assert results(project, given) == ["item 0", "item 1", "item 2"]


def test_a_line_without_usage_costs_all_that_was_set_aside_for_it(folder: Path, single: FakeGateway) -> None:
    given = tasks(2)

    def answer(body: dict[str, Any]) -> Said:
        known = body["messages"][-1]["content"] == "item 0"
        return Said('{"kind": "x"}', input_tokens=100 if known else None, output_tokens=10)

    with provider(answer, batches=Batches(polls=0)) as loopback, opened(folder, loopback) as project:
        submit(project, given)
        [job] = _jobs(project)
        dearest = json.loads(job.calls)["calls"][given[1].stamp.id][0]
        run(project, given)
        assert spent(project).settled.nano_usd == 100_000 + dearest


def test_results_that_a_stopped_run_did_not_reach_are_collected_by_the_next(
    project: Project, loopback: Provider, single: FakeGateway
) -> None:
    loopback.batches.polls = 0
    given = tasks(4)
    submit(project, given)
    charged: list[Spent] = []
    for _ in range(2):

        def encode(_: Reply) -> bytes:
            raise Killed

        with one_run(), pytest.raises(Killed):
            run_tasks(project, STEP, given, encode, progress=Quiet())
        charged.append(spent(project))
    assert run(project, given).batched == 4
    assert charged == [spent(project)] * 2, "however often it is collected, it is paid once"


def test_a_job_whose_results_nobody_wants_any_more_is_paid_and_forgotten(
    project: Project, loopback: Provider, single: FakeGateway
) -> None:
    loopback.batches.polls = 0
    submit(project, tasks(2))
    assert run(project, []).batched == 0
    assert spent(project).settled.nano_usd == 2 * 100_000
    assert {job.state for job in _jobs(project)} == {"done"}


def test_a_full_job_is_followed_by_another(
    project: Project, loopback: Provider, single: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("firstfive.models.batches.MOST_CALLS", 4)
    loopback.batches.polls = 0
    given = tasks(10)
    submit(project, given)
    assert [len(file.splitlines()) for file in loopback.batches.files.values()] == [4, 4, 2]
    with project.store.read() as unit:
        assert sum(len(json.loads(job.calls)["calls"]) for job in unit.batch_jobs.all("submitted")) == 10
    assert in_batches(project.store, STEP) == {one.stamp.id for one in given}
    assert run(project, given).batched == 10


def test_new_tasks_go_into_a_job_of_their_own_while_another_is_open(
    project: Project, loopback: Provider, single: FakeGateway
) -> None:
    submit(project, tasks(2))
    assert "3 calls of describe" in submit(project, tasks(3))
    assert created(loopback) == 2
    assert "1 calls of describe" in submit(project, tasks(3))
    report = run(project, tasks(3))
    assert (report.kept, report.batched, created(loopback)) == (2, 1, 2)


def test_a_provider_without_a_batch_api_is_said_so_before_anything_is_asked(
    folder: Path, loopback: Provider, single: FakeGateway
) -> None:
    priced = ["prices.anthropic:m.input=1", "prices.anthropic:m.output=1"]
    with (
        opened(folder, loopback, "models.llm=anthropic:m", *priced) as project,
        pytest.raises(SettingsError, match=r"models.llm is anthropic:m, and batch jobs go to .* leave out --batch"),
    ):
        run(project, tasks(1), batch=True)


def test_ten_runs_that_look_at_once_collect_a_job_once(
    project: Project, loopback: Provider, single: FakeGateway
) -> None:
    loopback.batches.polls = 0
    given = tasks(20)
    submit(project, given)
    with ThreadPoolExecutor(10) as pool:
        reports = [future.result() for future in [pool.submit(run, project, given) for _ in range(10)]]
    assert results(project, given) == [f"item {n}" for n in range(20)]
    assert spent(project).settled.nano_usd == 20 * 100_000
    assert single.asked == []
    assert sum(report.failed for report in reports) == 0
