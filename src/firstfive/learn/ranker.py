"""The learned ranker: LightGBM's LambdaMART over the features of `firstfive.features`.

LambdaMART: Burges, Microsoft Research MSR-TR-2010-82. Every feature may only move an item the way that it should
(`FALLING`), so little data cannot teach the ranker that a better match is a worse one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from firstfive.errors import FirstFiveError, LearnError
from firstfive.features import FALLING, FEATURES, scaled

if TYPE_CHECKING:
    from firstfive.types import Scores

try:
    import lightgbm
    from lightgbm.basic import LightGBMError
except ModuleNotFoundError as missing:
    raise LearnError(
        "learning to rank needs LightGBM; run `pip install 'firstfive[learn]'`", code="learn.missing_extra"
    ) from missing

BORDER: dict[type[BaseException], type[FirstFiveError]] = {LightGBMError: LearnError}
ROUNDS = 120
LEAVES, RATE, LEAST = 8, 0.05, 20
DEPTH = 100
"""A request's best item gets 1, and its hundredth 0, as with a channel."""
GAINS = [0.0, 1.0, 3.0, 7.0]
"""What the grades 0 to 3 are worth."""
REFUSED = 0.2
"""What a refusal is worth below nothing known: five of them weigh as much as a like."""
SETTINGS: dict[str, Any] = {
    "objective": "lambdarank",
    "num_leaves": LEAVES,
    "learning_rate": RATE,
    "min_data_in_leaf": LEAST,
    "lambdarank_truncation_level": 20,
    "monotone_constraints": [-1 if name in FALLING else 1 for name in FEATURES],
    "num_threads": 1,
    "seed": 0,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
}


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """One request's candidates: features (n, len(FEATURES)), and grades (n,); weight: what it counts for.

    A grade is 1 to 3 for what fits, 0 where nothing is known, and -1 for what was refused, or judged not to fit. lost
    (n,): what each loses, whatever is learned, where it states otherwise than the request; None: nothing.
    """

    features: Scores
    grades: Scores
    weight: float = 1.0
    lost: Scores | None = None


class Ranker:
    """Scores candidates by what was learned. Thread-safe.

    Its model names the features that it looks at: one of an older version, which knew fewer, is used as it was.
    """

    def __init__(self, model: bytes) -> None:
        """What `fit` gave, in this version or before. Raises LearnError learn.model for anything else."""
        try:
            self._model = lightgbm.Booster(model_str=model.decode("utf-8"))
        except (LightGBMError, UnicodeDecodeError) as error:
            raise LearnError(f"the learned ranker cannot be read: {error}; run `firstfive learn` again") from error
        self._names = tuple(self._model.feature_name())
        if unknown := [name for name in self._names if name not in FEATURES]:
            raise LearnError(
                f"the learned ranker looks at features that this version does not have, {', '.join(unknown)}; "
                "run `firstfive learn` again, or use the version of firstfive that learned it"
            )
        self._columns = [FEATURES.index(name) for name in self._names]

    def __call__(self, features: Scores) -> Scores:
        """(n,) in [0, 1], on the scale that channels share. features: (n, len(FEATURES))."""
        if not len(features):
            return np.empty(0, dtype=np.float32)
        raw = np.asarray(self._model.predict(features[:, self._columns], num_threads=1), dtype=np.float32)
        order = np.argsort(-raw, kind="stable")
        shared = np.empty_like(raw)
        shared[order] = scaled(raw[order], DEPTH, len(raw))
        return shared

    def importance(self) -> dict[str, float]:
        """The share of what was gained by looking at each feature, largest first."""
        gains = np.asarray(self._model.feature_importance("gain"), dtype=np.float64)
        shares = gains / max(float(gains.sum()), 1e-9)
        return dict(sorted(zip(self._names, shares.tolist(), strict=True), key=lambda one: -one[1]))


def fit(groups: Sequence[Group]) -> bytes:
    """Learns from graded requests, of which each has candidates of two grades. The same in, the same out.

    Raises LearnError learn.few without one, and learn.model where LightGBM fails.
    """
    telling = [group for group in groups if len(group.grades) and float(np.ptp(group.grades)) > 0]
    if not telling:
        raise LearnError(
            "nothing to learn from: no answer has an item that was liked beside one that was not", code="learn.few"
        )
    sizes = [len(group.grades) for group in telling]
    grades = np.concatenate([group.grades for group in telling])
    refused = bool((grades < 0).any())
    gains = [0.0, *(REFUSED + gain for gain in GAINS)] if refused else GAINS
    data = lightgbm.Dataset(
        np.concatenate([group.features for group in telling]),
        grades + refused,
        group=sizes,
        weight=np.repeat([group.weight for group in telling], sizes),
        feature_name=list(FEATURES),
        free_raw_data=True,
    )
    try:
        return lightgbm.train(SETTINGS | {"label_gain": gains}, data, ROUNDS).model_to_string().encode("utf-8")
    except LightGBMError as error:
        raise LearnError(f"LightGBM could not learn: {error}") from error
