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
SETTINGS: dict[str, Any] = {
    "objective": "lambdarank",
    "num_leaves": LEAVES,
    "learning_rate": RATE,
    "min_data_in_leaf": LEAST,
    "lambdarank_truncation_level": 20,
    "monotone_constraints": [-1 if name in FALLING else 1 for name in FEATURES],
    "label_gain": [0, 1, 3, 7],
    "num_threads": 1,
    "seed": 0,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
}


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """One request's candidates: features (n, len(FEATURES)), grades (n,) from 0 to 3; weight: what it counts for."""

    features: Scores
    grades: Scores
    weight: float = 1.0


class Ranker:
    """Scores candidates by what was learned. Thread-safe."""

    def __init__(self, model: bytes) -> None:
        """What `fit` gave. Raises LearnError learn.model for anything else."""
        try:
            self._model = lightgbm.Booster(model_str=model.decode("utf-8"))
        except (LightGBMError, UnicodeDecodeError) as error:
            raise LearnError(f"the learned ranker cannot be read: {error}; run `firstfive learn` again") from error
        if tuple(self._model.feature_name()) != FEATURES:
            raise LearnError("the learned ranker looks at other features than this version; run `firstfive learn`")

    def __call__(self, features: Scores) -> Scores:
        """(n,) in [0, 1], on the scale that channels share. features: (n, len(FEATURES))."""
        if not len(features):
            return np.empty(0, dtype=np.float32)
        raw = np.asarray(self._model.predict(features, num_threads=1), dtype=np.float32)
        order = np.argsort(-raw, kind="stable")
        shared = np.empty_like(raw)
        shared[order] = scaled(raw[order], DEPTH, len(raw))
        return shared

    def importance(self) -> dict[str, float]:
        """The share of what was gained by looking at each feature, largest first."""
        gains = np.asarray(self._model.feature_importance("gain"), dtype=np.float64)
        shares = gains / max(float(gains.sum()), 1e-9)
        return dict(sorted(zip(FEATURES, shares.tolist(), strict=True), key=lambda one: -one[1]))


def fit(groups: Sequence[Group]) -> bytes:
    """Learns from graded requests, of which each has a graded candidate and one that is not. The same in, the same out.

    Raises LearnError learn.few without one, and learn.model where LightGBM fails.
    """
    telling = [group for group in groups if len(group.grades) and float(np.ptp(group.grades)) > 0]
    if not telling:
        raise LearnError(
            "nothing to learn from: no answer has an item that was liked beside one that was not", code="learn.few"
        )
    sizes = [len(group.grades) for group in telling]
    data = lightgbm.Dataset(
        np.concatenate([group.features for group in telling]),
        np.concatenate([group.grades for group in telling]),
        group=sizes,
        weight=np.repeat([group.weight for group in telling], sizes),
        feature_name=list(FEATURES),
        free_raw_data=True,
    )
    try:
        return lightgbm.train(SETTINGS, data, ROUNDS).model_to_string().encode("utf-8")
    except LightGBMError as error:
        raise LearnError(f"LightGBM could not learn: {error}") from error
