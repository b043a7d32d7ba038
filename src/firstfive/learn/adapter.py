"""An adapter of the embedder to the catalogue: a small step that every request's vector takes, and no item's.

    q  ─▶  unit(q + up · down · q)

At first the step is none. It is fitted so that a request comes nearer to the item that it is about than to others
(InfoNCE with in-batch negatives: van den Oord, Li and Vinyals, 2018), by Adam (Kingma and Ba, ICLR 2015), with a ridge
that pulls it back to none; how long is read off pairs that are not fitted to. Only the request's side is moved, so no
item is embedded anew and the index stays as it is. It is of low rank as LoRA is (Hu and others, ICLR 2022), but behind
the embedder and not within: an adapter that trains its layers can take its place, with the same two arrays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from firstfive.types import Mask, Numbers, Positions, Vectors

RANK = 32
"""Directions of a step."""
BATCH = 128
TEMPERATURE = 0.05
"""Of the softmax over a batch, in cosine: what InfoNCE is used with on unit vectors (Gao, Yao and Chen, EMNLP 2021)."""
RATE, RIDGE = 1e-3, 1e-3
ROUNDS = 40
PATIENCE = 4
"""Rounds without a gain on pairs that are not fitted to, after which the best round is taken."""
APART = 5
"""One item in so many is not fitted to, but tells how long to go on."""
FEWEST = 200
"""Pairs without which nothing is fitted."""


@dataclass(frozen=True, slots=True, eq=False)
class Adapter:
    """down (rank, size), up (size, rank)."""

    down: Vectors
    up: Vectors

    def __call__(self, vectors: Vectors) -> Vectors:
        """(n, size) -> (n, size), rows of unit length."""
        moved = vectors + (vectors @ self.down.T) @ self.up.T
        lengths = np.linalg.norm(moved, axis=1, keepdims=True)
        return np.asarray(moved / np.maximum(lengths, 1e-9), dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Requests and what they are about, a row each: vectors (n, size) of unit length, and the item's position (n,)."""

    asked: Vectors
    meant: Vectors
    items: Positions

    def take(self, rows: Mask | Positions) -> Pairs:
        """The pairs at these rows, in that order."""
        return Pairs(self.asked[rows], self.meant[rows], self.items[rows])


def fit(pairs: Pairs, seed: int = 0, advance: Callable[[int], None] = lambda _: None) -> Adapter | None:
    """The adapter of these pairs; None where there are too few, or going on any way at all gained nothing.

    The same pairs give the same adapter, on one machine. 2,000 pairs of 384 numbers take some seconds at most.
    """
    if len(pairs.items) < FEWEST:
        return None
    random = np.random.default_rng(seed)
    every, size = np.unique(pairs.items), pairs.asked.shape[1]
    apart = np.isin(pairs.items, random.permutation(every)[: len(every) // APART])
    seen, told = pairs.take(~apart), pairs.take(apart)
    weights = [random.standard_normal((RANK, size)) / np.sqrt(size), np.zeros((size, RANK))]
    adam, best, since = _Adam(weights), (_loss(told, weights)[0], -1, weights), 0  # without the ridge: see _loss
    for number in range(ROUNDS):
        order = random.permutation(len(seen.items))
        for start in range(0, len(order), BATCH):
            weights = adam.step(weights, _loss(seen.take(order[start : start + BATCH]), weights)[1])
        loss = _loss(told, weights)[0]
        advance(1)
        best, since = ((loss, number, weights), 0) if loss < best[0] else (best, since + 1)
        if since >= PATIENCE:
            break
    return None if best[1] < 0 else Adapter(*(one.astype(np.float32) for one in best[2]))


def _loss(pairs: Pairs, weights: list[Numbers]) -> tuple[float, list[Numbers]]:
    """The mean loss of the pairs, each against all others' items, and the slope of that and the ridge by both weights.

    The ridge is in the slope alone: that a step gets smaller is no gain for a request.
    """
    down, up = weights
    asked, meant = pairs.asked.astype(np.float64), pairs.meant.astype(np.float64)
    inner = asked @ down.T
    moved = asked + inner @ up.T
    lengths = np.linalg.norm(moved, axis=1, keepdims=True)
    unit = moved / lengths
    logits = unit @ meant.T / TEMPERATURE
    own = np.eye(len(asked), dtype=bool)
    logits[(pairs.items[:, None] == pairs.items[None]) & ~own] = -np.inf  # the same item is no other
    logits -= logits.max(axis=1, keepdims=True)
    chances = np.exp(logits)
    chances /= chances.sum(axis=1, keepdims=True)
    loss = float(-np.log(np.maximum(chances[own], 1e-300)).mean())
    to_unit = ((chances - own) @ meant) / (TEMPERATURE * len(asked))
    to_moved = (to_unit - unit * (to_unit * unit).sum(axis=1, keepdims=True)) / lengths
    to_up = to_moved.T @ inner + 2 * RIDGE * up
    to_down = (to_moved @ up).T @ asked + 2 * RIDGE * down
    return loss, [to_down, to_up]


class _Adam:
    """Kingma and Ba's algorithm 1, with their numbers."""

    def __init__(self, weights: list[Numbers]) -> None:
        self._first = [np.zeros_like(one) for one in weights]
        self._second = [np.zeros_like(one) for one in weights]
        self._steps = 0

    def step(self, weights: list[Numbers], slopes: list[Numbers]) -> list[Numbers]:
        """The weights after one step."""
        self._steps += 1
        moved = []
        for at, (one, slope) in enumerate(zip(weights, slopes, strict=True)):
            self._first[at] = 0.9 * self._first[at] + 0.1 * slope
            self._second[at] = 0.999 * self._second[at] + 0.001 * slope**2
            first, second = self._first[at] / (1 - 0.9**self._steps), self._second[at] / (1 - 0.999**self._steps)
            moved.append(one - RATE * first / (np.sqrt(second) + 1e-8))
        return moved
