"""A tiny world with an obvious answer: twelve plain descriptions, and six requests that each fit one of them.

Whatever ranks must get these right; whoever reads a failing test sees why at a glance.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple


class Thing(NamedTuple):
    """An item as it would stand in a table."""

    id: str
    title: str
    text: str
    country: str
    employees: int


class Wish(NamedTuple):
    """A request and the one item that answers it."""

    qid: str
    text: str
    answer: str


THINGS: tuple[Thing, ...] = (
    Thing("bakery", "Morning Loaf", "A bakery that bakes rye bread and wedding cakes in a wood-fired oven.", "DE", 14),
    Thing(
        "dentist", "Bright Molar", "A dental laboratory. It makes crowns, bridges and dentures for dentists.", "DE", 38
    ),
    Thing("foundry", "Hearth & Ladle", "An iron foundry. It casts pump housings and valves in grey iron.", "US", 120),
    Thing("hvac", "Quiet Air", "Heating and air conditioning for homes: installs furnaces and heat pumps.", "US", 45),
    Thing("boats", "Slipway Eleven", "A boatyard that repairs sailing yachts and builds wooden rowing boats.", "SE", 9),
    Thing("school", "Little Ladder", "A nursery school where children from two to six learn through play.", "SE", 22),
    Thing(
        "trucks", "Long Haul Kin", "A trucking company that carries frozen food across borders overnight.", "PL", 210
    ),
    Thing("bees", "Heather Hive", "A beekeeper who sells honey and beeswax candles at weekend markets.", "PL", 3),
    Thing("clinic", "Paw & Feather", "A veterinary clinic for dogs, cats and parrots, with surgery on site.", "FR", 17),
    Thing("laundry", "White Press", "An industrial laundry. It washes bed linen and uniforms for hospitals.", "FR", 85),
    Thing(
        "software", "Tidy Ledger", "Accounting software for small choirs and sports clubs, sold by the month.", "IE", 11
    ),
    Thing(
        "solar", "Roof Harvest", "Solar panels on barn roofs: plans, mounts and maintains them for farmers.", "IE", 31
    ),
)

WISHES: tuple[Wish, ...] = (
    Wish("w1", "someone who makes crowns and dentures for dentists", "dentist"),
    Wish("w2", "a company that installs heat pumps in family homes", "hvac"),
    Wish("w3", "transport of frozen food by truck", "trucks"),
    Wish("w4", "a vet who can operate on my parrot", "clinic"),
    Wish("w5", "washing hospital bed linen", "laundry"),
    Wish("w6", "bookkeeping programm for our sports club", "software"),
)


def write_items(folder: Path) -> Path:
    """Writes the items as JSON lines with id, title, text and two fields, and returns the file."""
    path = folder / "items.jsonl"
    path.write_text("".join(json.dumps(thing._asdict()) + "\n" for thing in THINGS), "utf-8")
    return path


def write_judgements(folder: Path) -> tuple[Path, Path]:
    """Writes queries.jsonl and qrels.trec, and returns both."""
    queries, qrels = folder / "queries.jsonl", folder / "qrels.trec"
    queries.write_text("".join(json.dumps({"qid": w.qid, "text": w.text}) + "\n" for w in WISHES), "utf-8")
    qrels.write_text("".join(f"{w.qid} 0 {w.answer} 1\n" for w in WISHES), "utf-8")
    return queries, qrels
