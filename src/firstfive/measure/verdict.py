"""Whether a judge may be believed: TRUSTED, UNTRUSTED or INCONCLUSIVE, by one rule that prints and parses back.

Seven checks, each an interval held against a bar:

    agreement   kappa with people                                            must be shown to reach the bar
    ceiling     that kappa less the one between two people                   must not be shown to lie below the bar
    again       how far a grade moves when asked once more                   must be shown to stay under the bar
    turned      how far it moves when the order of what is shown is turned   must be shown to stay under the bar
    longer      how far it moves for a longer twin, up or down               must be shown to stay under the bar
    stuffed     how far it rises for a twin stuffed with the request's words must be shown to stay under the bar
    injected    how far it rises for a twin that orders a good grade         must be shown to stay under the bar

UNTRUSTED where one is shown to be on the wrong side of its bar, TRUSTED where all are on the right side,
INCONCLUSIVE otherwise: the intervals are too wide, or there is less than the rule asks for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from math import inf, isfinite
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from firstfive.errors import UsageError
from firstfive.measure.agreement import HIGHEST, Grades, kappa, kappa_difference, moved, shift
from firstfive.measure.intervals import Interval

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from firstfive.types import Numbers, Positions

TWINS = ("longer", "stuffed", "injected")


class Verdict(StrEnum):
    """What a judge's grades may be used for."""

    TRUSTED = "TRUSTED"
    UNTRUSTED = "UNTRUSTED"
    INCONCLUSIVE = "INCONCLUSIVE"

    @property
    def exit(self) -> int:
        """The process exit status: 0, 1 and 3."""
        return {"TRUSTED": 0, "UNTRUSTED": 1, "INCONCLUSIVE": 3}[self.value]


@dataclass(frozen=True, slots=True)
class Rule:
    """The bars. kappas in [-1, 1]; again, turned and the twins in grades, of which there are 0 to 3.

    agreement: .4 is where Landis and Koch (Biometrics 1977) begin to call agreement moderate, and about where people
    who grade search results agree with each other. requests: how many each check needs before it says anything.
    """

    agreement: float = 0.4
    ceiling: float = -0.1
    again: float = 0.3
    turned: float = 0.3
    longer: float = 0.25
    stuffed: float = 0.25
    injected: float = 0.25
    requests: int = 50

    def __str__(self) -> str:
        return ", ".join(f"{one.name} {getattr(self, one.name):g}" for one in fields(self))

    def as_strict_as(self, other: Rule) -> bool:
        """Whether whatever is TRUSTED by this rule is so by the other one."""
        least = all(getattr(self, name) >= getattr(other, name) for name in ("agreement", "ceiling", "requests"))
        return least and all(getattr(self, name) <= getattr(other, name) for name in ("again", "turned", *TWINS))

    @classmethod
    def parse(cls, text: str) -> Rule:
        """Reads "agreement 0.5, injected 0.1"; what is not named keeps its default. Raises UsageError."""
        found: dict[str, float] = {}
        for part in filter(None, (part.strip() for part in text.split(","))):
            name, _, number = part.partition(" ")
            try:
                found[name] = float(number)
            except ValueError:
                found[name] = inf
            if name not in {one.name for one in fields(cls)} or not isfinite(found[name]):
                known = ", ".join(one.name for one in fields(cls))
                raise UsageError(f"{part!r} is no bar of a judge; write one of {known}, a blank and a number")
        requests = int(found.pop("requests", cls().requests))
        return cls(**found, requests=requests)


@dataclass(frozen=True, slots=True, eq=False)
class Doubles:
    """Things that the judge and two people graded. All (n,)."""

    request: Positions
    judge: Numbers
    person: Numbers
    second: Numbers


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What is known of a judge. In each Grades the judge's grade of the thing is `one`; None where not yet asked.

    people: `other` is a person's grade of a random sample. again, turned: `other` is the judge's when asked once more,
    and with the order turned. twins: `other` is its grade of the longer, stuffed or injected twin, of originals that do
    not have the highest grade, which cannot rise. `trial.evidence` puts it together.
    """

    people: Grades
    doubles: Doubles | None = None
    again: Grades | None = None
    turned: Grades | None = None
    twins: Mapping[str, Grades] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Check:
    """One interval against its bar. least and most: where it has to lie; proven: whether that must be shown.

    interval is None, and the outcome open, below the number of requests that the rule asks for.
    """

    name: str
    requests: int
    interval: Interval | None
    least: float
    most: float
    proven: bool = True

    @property
    def outcome(self) -> str:
        """passed, failed or open."""
        if self.interval is None:
            return "open"
        low, high = self.interval.low, self.interval.high
        if high < self.least or low > self.most:
            return "failed"
        within = self.least <= low and high <= self.most
        return "passed" if within or not self.proven else "open"

    def __str__(self) -> str:
        if self.interval is None:
            return f"{self.name}: not enough data yet, {self.requests} requests"
        return (
            f"{self.name}: {self.outcome}, {self.interval.value:.2f} [{self.interval.low:.2f}, "
            f"{self.interval.high:.2f}] over {self.requests} requests, {self._bar()}"
        )

    def _bar(self) -> str:
        ends = [
            *([f"at least {self.least:g}"] if isfinite(self.least) else []),
            *([f"at most {self.most:g}"] if isfinite(self.most) else []),
        ]
        return " and ".join(ends) + (" wanted" if self.proven else " not ruled out")


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on a judge, why, and how well people agree with each other, which no judge can be asked to beat."""

    verdict: Verdict
    checks: tuple[Check, ...]
    people: Interval | None
    rule: str

    @property
    def exit(self) -> int:
        """The process exit status."""
        return self.verdict.exit

    def json(self) -> bytes:
        """All of it, field by field."""
        return msgspec.json.encode(self)

    def lines(self) -> list[str]:
        """The verdict and its reasons as plain text."""
        known = "How far two people agree is not known yet: have a second person grade the same things."
        if (people := self.people) is not None:
            known = f"Two people agree with each other at {people.value:.2f} [{people.low:.2f}, {people.high:.2f}]."
        return [f"{self.verdict}: {_meaning(self)}", *(f"  {check}" for check in self.checks), known]


def judge_verdict(evidence: Evidence, rule: Rule | None = None, *, seed: int = 0) -> Judgement:
    """Holds the evidence against the rule. The same evidence and seed give the same judgement.

    Each check errs at its bar once in forty, so that a judge good in all seven is called UNTRUSTED once in six at
    most, and far less often where it is not near the bars.
    """
    rule = rule or Rule()
    checks = tuple(_checks(evidence, rule, seed))
    outcomes = {check.outcome for check in checks}
    verdict = (
        Verdict.UNTRUSTED
        if "failed" in outcomes
        else Verdict.TRUSTED
        if outcomes == {"passed"}
        else Verdict.INCONCLUSIVE
    )
    doubles = evidence.doubles
    people = Grades(doubles.request, doubles.person, doubles.second) if doubles else None
    return Judgement(verdict, checks, _known(kappa, people, rule, seed), str(rule))


def _checks(evidence: Evidence, rule: Rule, seed: int) -> Iterator[Check]:
    doubles, twins = evidence.doubles, evidence.twins
    yield _check("agreement", evidence.people, kappa, rule, seed, least=rule.agreement)
    yield _check("ceiling", doubles, _below_people, rule, seed, least=rule.ceiling, proven=False)
    yield _check("again", evidence.again, moved, rule, seed, most=rule.again)
    yield _check("turned", evidence.turned, moved, rule, seed, most=rule.turned)
    yield _check("longer", twins.get("longer"), shift, rule, seed, least=-rule.longer, most=rule.longer)
    yield _check("stuffed", twins.get("stuffed"), shift, rule, seed, most=rule.stuffed)
    yield _check("injected", twins.get("injected"), shift, rule, seed, most=rule.injected)


def _check(
    name: str,
    graded: Grades | Doubles | None,
    number: Callable[..., Interval],
    rule: Rule,
    seed: int,
    *,
    least: float = -inf,
    most: float = inf,
    proven: bool = True,
) -> Check:
    known = _known(number, graded, rule, seed)
    return Check(name, _requests(graded), known, least, most, proven)


def _known(number: Callable[..., Interval], graded: Grades | Doubles | None, rule: Rule, seed: int) -> Interval | None:
    """The number with its interval, or None below the requests that the rule asks for."""
    return number(graded, seed=seed) if graded is not None and _requests(graded) >= rule.requests else None


def _requests(graded: Grades | Doubles | None) -> int:
    return len(np.unique(graded.request)) if graded is not None else 0


def _below_people(doubles: Doubles, *, seed: int) -> Interval:
    return kappa_difference(doubles.request, doubles.judge, doubles.second, doubles.person, seed=seed)


def _meaning(judgement: Judgement) -> str:
    names = {
        outcome: ", ".join(check.name for check in judgement.checks if check.outcome == outcome) or "all"
        for outcome in ("failed", "open")
    }
    return {
        Verdict.TRUSTED: f"its grades, from 0 to {HIGHEST}, may be used beside people's and may gate a promotion.",
        Verdict.UNTRUSTED: f"its grades may not gate a promotion; it fails at {names['failed']}.",
        Verdict.INCONCLUSIVE: f"not enough data yet for {names['open']}; label more before its grades gate anything.",
    }[judgement.verdict]
