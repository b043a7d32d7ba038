"""Whether the statistics keep what they promise, by simulation, and on real logs where FIRSTFIVE_DATA has them.

    python benchmarks/honest_numbers.py [intervals] [powered] [sequential] [interleaving] [bandit] [judges]

Each part prints its rows as it goes, and runs alone when named; all take a few minutes. Nothing is fitted to data: the
worlds are drawn, and each says what it assumes.
"""

from __future__ import annotations

import csv
import json
import os
import sys
from collections import Counter
from collections.abc import Callable
from math import comb

import measuring
import numpy as np

from firstfive.measure import (
    Thing,
    asks,
    evidence,
    intervals,
    judge_verdict,
    powered,
    read_qrels,
    read_queries,
    team_draft,
    wealth,
)
from firstfive.measure.off_policy import off_policy
from firstfive.measure.sequential import asymptotic_sequence, sample_ratio
from firstfive.testing.judges import PLANTED, grades

TIMES = 2_000
LABELS = (30, 100, 200)
Numbers = np.ndarray


def share(held: list[bool]) -> str:
    """How often the truth was inside."""
    return f"{np.mean(held):.3f}"


# --- intervals of fixed size ------------------------------------------------------------------------------------------


def fixed() -> None:
    """Coverage of `intervals`: shares, worked out over all counts there can be, graded values, paired differences."""
    random = np.random.default_rng(1)
    for p in (0.5, 0.8, 0.9, 0.95):
        row = [f"{exact(p, n):.3f}" for n in LABELS]
        print(f"{f'Success@5 of {p}':32} {'  '.join(row)}", flush=True)

    def graded(zero: float) -> Callable[[int], Numbers]:
        return lambda n: np.where(random.random((n, TIMES)) < zero, 0.0, random.beta(2, 1.5, (n, TIMES)))

    def paired(n: int) -> Numbers:
        return random.choice([-1.0, 0.0, 1.0], (n, TIMES), p=[0.05, 0.85, 0.1])

    worlds = [
        *((f"nDCG@10, {zero:.0%} of it 0", graded(zero), (1 - zero) * 2 / 3.5, 0.0) for zero in (0.2, 0.5)),
        ("difference in Success@5 of .05", paired, 0.05, -1.0),
    ]
    for name, draw, truth, lowest in worlds:
        row = []
        for n in LABELS:
            x = draw(n)
            found = [
                one
                for at in range(0, TIMES, 200)
                for one in intervals(x[:, at : at + 200], lowest=lowest, resamples=2_000, seed=at)
            ]
            row.append(share([one.low <= truth <= one.high for one in found]))
        print(f"{name:32} {'  '.join(row)}", flush=True)


def exact(p: float, n: int) -> float:
    """The chance that the interval of n answers holds a share p."""
    every = (np.arange(n)[:, None] < np.arange(n + 1)).astype(float)
    chance = [comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)]
    held = [one.low <= p <= one.high for one in intervals(every, resamples=1)]
    return float(np.dot(chance, held))


# --- a few labels and many judgements ---------------------------------------------------------------------------------


def requests(n: int, wrong: float, seed: int) -> tuple[tuple[Numbers, Numbers], tuple[Numbers, Numbers]]:
    """Success@5 and nDCG@10 of n requests, by people and by a judge.

    Twenty items a request, graded 0 to 3, the first ten ranked; requests differ in how much there is to find; the judge
    moves each grade by -1, 1 or 2 with the chance `wrong`.
    """
    random = np.random.default_rng(seed)
    rich = 0.3 + 1.4 * random.random((n, 1))
    right = random.random((n, 20)) < np.clip(0.25 * np.exp(-np.arange(20) / 8) * rich, 0, 0.95)
    people = np.where(right, random.integers(1, 4, (n, 20)), 0)
    errs = random.random((n, 20)) < wrong
    judge = np.clip(np.where(errs, people + random.choice([-1, 1, 2], (n, 20)), people), 0, 3)

    def success(grade: Numbers) -> Numbers:
        return (grade[:, :5] > 0).any(axis=1).astype(float)

    def ndcg(grade: Numbers) -> Numbers:
        discount = 1 / np.log2(np.arange(2, 12))
        ideal = (-np.sort(-grade, axis=1)[:, :10] * discount).sum(axis=1)
        return np.divide((grade[:, :10] * discount).sum(axis=1), ideal, out=np.zeros(n), where=ideal > 0)

    return (success(people), success(judge)), (ndcg(people), ndcg(judge))


def labelled() -> None:
    """Coverage and worth of prediction-powered intervals, with 1,000 judged requests beside the labels."""
    for wrong in (0.1, 0.3):
        for name, (people, judge) in zip(("Success@5", "nDCG@10"), requests(200_000, wrong, 2), strict=True):
            random, truth = np.random.default_rng(3), people.mean()
            agree = np.corrcoef(people, judge)[0, 1]
            for n in LABELS:
                held, alone, worth = [], [], []
                for seed in range(TIMES):
                    at = random.integers(0, len(people), n + 1_000)
                    found = powered(people[at[:n]], judge[at[:n]], judge[at[n:]], seed=seed)
                    assert found.interval is not None
                    held.append(found.interval.low <= truth <= found.interval.high)
                    worth.append(found.worth)
                    spread = 1.96 * judge[at].std() / len(at) ** 0.5
                    alone.append(abs(judge[at].mean() - truth) <= spread)
                print(
                    f"judge wrong {wrong:.0%}, {name}, r {agree:.2f}, {n} labels: {share(held)}, worth "
                    f"{np.median(worth):.0f} labels; a judge-only interval would hold {share(alone)}",
                    flush=True,
                )


# --- looked at all the time -------------------------------------------------------------------------------------------


def looked() -> None:
    """Coverage over all looks, and false alarms of 40 looks."""
    random = np.random.default_rng(4)
    n = 2_000
    worlds: list[tuple[str, Callable[[], Numbers], float, float]] = [
        *((f"share of {p}", lambda p=p: (random.random(n) < p).astype(float), p, 0.0) for p in (0.1, 0.5, 0.9)),
        ("skewed, mean .13", lambda: random.beta(0.3, 2, n), 0.3 / 2.3, 0.0),
        ("difference of .05", lambda: (random.random(n) < 0.35) * 1.0 - (random.random(n) < 0.3), 0.05, -1.0),
    ]
    for name, draw, mean, lowest in worlds:
        held = [bool(wealth(draw(), mean, lowest=lowest).max() < 20) for _ in range(TIMES)]
        print(f"inside at every one of {n} looks, {name}: {share(held)}", flush=True)
    looks = np.arange(50, n + 1, 50)
    ours, fixed_size, seconds, ratio = [], [], [], []
    for _ in range(TIMES):
        a, b = ((random.random(n) < 0.3).astype(float) for _ in range(2))
        ours.append(bool(wealth(b - a, 0.0, lowest=-1.0)[looks - 1].max() >= 20))
        fixed_size.append(any(abs((b - a)[:k].mean()) > 1.96 * (b - a)[:k].std() / k**0.5 for k in looks))
        fell = np.cumsum(random.random(n) < 0.5)
        ratio.append(any(sample_ratio([int(fell[k - 1]), int(k - fell[k - 1])], [0.5, 0.5]).broken for k in looks))
        waits = random.lognormal(0, 1, n)
        known = [asymptotic_sequence(waits[:k]).interval for k in looks[looks >= 100]]
        seconds.append(all(one.low <= np.exp(0.5) <= one.high for one in known))
    print(f"false alarms in 40 looks: {share(ours)}; a test of fixed size looked at as often: {share(fixed_size)}")
    print(f"false alarms of the sample-ratio check in 40 looks: {share(ratio)}")
    print(f"asymptotic, lognormal seconds, inside at every look from 100 on: {share(seconds)}", flush=True)


# --- interleaving against A/B -----------------------------------------------------------------------------------------

SESSIONS = 12_000
ITEMS = 50
STRENGTH = 1.7
POWER = (1.959964 + 0.841621) ** 2
"""Two-sided 5 %, found 80 times in 100."""
GOES_ON = np.array([0.6, 0.5, 0.4, 0.3, 0.2])
LIKES = {"position": (0.9, 0.05), "cascade": (0.95, 0.05), "dependent": (0.8, 0.1)}
"""The chance that a right and a wrong item is clicked when looked at.

position: each place is looked at with the chance place ** -0.5, whatever is above it (Richardson, Dominowska and Ragno,
WWW 2007). cascade: from the top down to the first click (Craswell, Zoeter, Taylor and Ramsey, WSDM 2008). dependent:
the same, but a click ends it only sometimes (Guo, Liu and Wang, WSDM 2009).
"""


class World:
    """Requests with 1 + Poisson(1) right items of 50. A ranker scores strength x right + noise, part of it shared."""

    def __init__(self, seed: int, sessions: int) -> None:
        random = np.random.default_rng(seed)
        self.right = 1 + random.poisson(1.0, sessions)
        self.shared, *self.own = (random.normal(size=(sessions, ITEMS)) for _ in range(3))

    def five(self, which: int, strength: float, alike: float) -> Numbers:
        """(sessions, 5): the first five of ranker 0 or 1; items below `right` are right."""
        noise = alike**0.5 * self.shared + (1 - alike) ** 0.5 * self.own[which]
        scores = strength * (np.arange(ITEMS) < self.right[:, None]) + noise
        return np.argsort(-scores, axis=1)[:, :5]

    def success(self, five: Numbers) -> float:
        return float((five < self.right[:, None]).any(axis=1).mean())


def halved(wanted: float, low: float, high: float, find: Callable[[float], float]) -> float:
    """Where a rising function comes to what is wanted."""
    for _ in range(14):
        middle = (low + high) / 2
        low, high = (middle, high) if find(middle) < wanted else (low, middle)
    return (low + high) / 2


def clicks(model: str, right: Numbers, random: np.random.Generator) -> Numbers:
    """(sessions, 5): what is clicked."""
    wants = random.random(right.shape) < np.where(right, *LIKES[model])
    if model == "position":
        return np.asarray(wants & (random.random(right.shape) < np.arange(1, 6) ** -0.5))
    found, looking = np.zeros_like(wants), np.ones(len(right), bool)
    for place in range(5):
        found[:, place] = wants[:, place] & looking
        ends = (model == "cascade") | (random.random(len(right)) > GOES_ON[place])
        looking &= ~(found[:, place] & ends)
    return found


def any_click(model: str, right: Numbers) -> float:
    """The mean chance of a click in a session, worked out and not drawn."""
    chance = np.where(right, *LIKES[model])
    if model == "position":
        chance = chance * np.arange(1, 6) ** -0.5
    return float((1 - np.prod(1 - chance, axis=1)).mean())


def drafts() -> None:
    """Sessions that A/B and interleaving need, for differences of 2 to 5 points of Success@5."""
    small, world = World(5, 2_000), World(6, SESSIONS)
    right = world.right[:, None]
    worst, middle = (np.inf, ""), []
    for overlap in (0.2, 0.35, 0.5, 0.65, 0.8):
        alike = halved(
            overlap, 0.0, 1.0, lambda rho: common(small.five(0, STRENGTH, rho), small.five(1, STRENGTH, rho))
        )
        a = world.five(0, STRENGTH, alike)
        for points in (0.02, 0.03, 0.05):
            aim = world.success(a) + points
            strength = halved(aim, 1.0, 3.0, lambda s, rho=alike: world.success(world.five(1, s, rho)))
            b = world.five(1, strength, alike)
            slates = [team_draft(x, y, str(at)) for at, (x, y) in enumerate(zip(a.tolist(), b.tolist(), strict=True))]
            items = np.array([[slot.item for slot in slots] for slots in slates])
            leaning = np.array([[slot.leaning for slot in slots] for slots in slates])
            for model in LIKES:
                ab = sessions_ab(any_click(model, a < right), any_click(model, b < right))
                random = np.random.default_rng(7)
                drawn = [clicks(model, items < right, random) for _ in range(8)]
                scores = np.concatenate([(c * leaning).sum(1) / np.maximum(c.sum(1), 1) for c in drawn])
                mixed = POWER * scores.var() / scores.mean() ** 2
                row = f"overlap {common(a, b):.2f}, {points * 100:.0f} points, {model}"
                print(f"{row}: A/B {ab:,.0f}, interleaving {mixed:,.0f}: {ab / mixed:.1f} x fewer", flush=True)
                worst = min(worst, (ab / mixed, row))
                middle += [ab / mixed] if overlap == 0.5 else []
    print(f"in the middle, overlap .5: {min(middle):.1f} to {max(middle):.1f}, median {np.median(middle):.1f}")
    print(f"worst: {worst[0]:.1f}, {worst[1]}")


def common(a: Numbers, b: Numbers) -> float:
    """The share of five that both have."""
    return float((a[:, :, None] == b[:, None, :]).any(axis=2).mean())


def sessions_ab(a: float, b: float) -> float:
    """Sessions of both arms together that a test of two shares needs."""
    return 2 * POWER * (a * (1 - a) + b * (1 - b)) / (b - a) ** 2


# --- real logs, real truth --------------------------------------------------------------------------------------------


def bandit() -> None:
    """Thompson sampling's click rate in open_bandit, from the log of the random policy; DR's guess is cross-fitted."""
    folder = measuring.data() / "open_bandit"
    logs = {}
    for policy in ("random", "bts"):
        with (folder / policy / "men.csv").open(encoding="utf-8", newline="") as rows:
            table = [(int(r["item_id"]), int(r["position"]) - 1, float(r["click"])) for r in csv.DictReader(rows)]
        logs[policy] = [np.array(column) for column in zip(*table, strict=True)]
    often = np.zeros((3, 34))
    np.add.at(often, (logs["bts"][1], logs["bts"][0]), 1)
    chances = often / often.sum(axis=1, keepdims=True)
    item, position, click = logs["random"]
    guess, guess_wanted = np.zeros(len(item)), np.zeros(len(item))
    for half in (0, 1):
        fit, told = np.arange(len(item)) % 2 != half, np.arange(len(item)) % 2 == half
        shown, clicked = np.bincount(item[fit], minlength=34), np.bincount(item[fit], click[fit], minlength=34)
        rate = (clicked + 50 * click[fit].mean()) / (shown + 50)
        guess[told], guess_wanted[told] = rate[item[told]], chances[position[told]] @ rate
    wanted = chances[position, item]
    found = off_policy(click, np.full(len(item), 1 / 34), wanted, guessed=guess, guessed_wanted=guess_wanted)
    print(f"Thompson sampling's own click rate: {logs['bts'][2].mean():.4f}, {int(logs['bts'][2].sum())} clicks")
    print(f"the random policy's: {click.mean():.4f}, {int(click.sum())} clicks")
    print("\n".join(found.lines()), flush=True)


def judges() -> None:
    """Twenty planted judges of each kind on Cranfield's truth: one judged and one drawn abstract a request."""
    folder = measuring.data() / "cranfield"
    texts = {row["id"]: row["text"] for row in map(json.loads, (folder / "items.jsonl").open(encoding="utf-8"))}
    qrels, names = read_qrels(folder / "qrels.trec"), sorted(texts)
    truth: dict[str, dict[str, int]] = {}
    for query, item, grade in zip(qrels.query, qrels.item, qrels.grades, strict=True):
        truth.setdefault(qrels.qids[query], {})[qrels.ids[item]] = int(grade)
    random, things = np.random.default_rng(8), []
    for qid, text in read_queries(folder / "queries.jsonl"):
        right = [item for item, grade in truth[qid].items() if grade and item in texts]
        for item in (*right[:1], names[int(random.integers(len(names)))]):
            grade = truth[qid].get(item, 0)
            second = grade if random.random() > 0.1 else 1 - min(grade, 1)
            things.append(Thing(qid, text, texts[item], grade, second))
    for name, judge in PLANTED.items():
        found = Counter()
        for seed in range(20):
            answers = grades(judge, asks(things), [float(thing.person) for thing in things], seed=seed)
            found[str(judge_verdict(evidence(things, answers)).verdict)] += 1
        print(f"{name}: {dict(found)}", flush=True)


PARTS: dict[str, Callable[[], None]] = {
    "intervals": fixed,
    "powered": labelled,
    "sequential": looked,
    "interleaving": drafts,
    "bandit": bandit,
    "judges": judges,
}


def main() -> None:
    """Runs the parts that were named, or all; those on real data only where there is some."""
    measuring.machine()
    real = {"bandit", "judges"}
    for name in sys.argv[1:] or [part for part in PARTS if part not in real or os.environ.get("FIRSTFIVE_DATA")]:
        print(f"\n{name}")
        PARTS[name]()


if __name__ == "__main__":
    main()
