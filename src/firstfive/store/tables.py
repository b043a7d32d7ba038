"""The tables, and `insert`, for every database.

PostgreSQL's `insert` writes `ON CONFLICT` for SQLite as well (not the other way round), so one set of statements serves
both. Times are microseconds since 1970 in UTC. `VERSION` names the newest migration; a test holds the two together.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import insert

VERSION = "0013"

NUMBER = BigInteger().with_variant(Integer, "sqlite")
"""A row's own number: SQLite counts up only in a column that is called INTEGER."""

METADATA = MetaData()

# A page's body stands apart: importing an unchanged source again writes `seen` only, and reads no body.
PAGES = Table(
    "pages",
    METADATA,
    Column("number", NUMBER, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("digest", Text, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Column("live", Boolean, nullable=False),
    Column("source", Text, nullable=False),
    Column("line", Integer, nullable=False),
    Column("first_seen", BigInteger),
)

BODIES = Table(
    "bodies",
    METADATA,
    Column("page", NUMBER, primary_key=True, autoincrement=False),
    Column("media", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("site", Text, nullable=False),
    Column("fields", Text, nullable=False),
    Column("packed", Boolean, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

REJECTED = Table(
    "rejected",
    METADATA,
    Column("number", NUMBER, primary_key=True),
    Column("source", Text, nullable=False, index=True),
    Column("line", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("advice", Text, nullable=False),
    Column("excerpt", Text, nullable=False),
)

MAPPINGS = Table(
    "mappings",
    METADATA,
    Column("source", Text, primary_key=True),
    Column("columns", Text, nullable=False),
)

RECORDS = Table(
    "records",
    METADATA,
    Column("number", NUMBER, primary_key=True),
    Column("stamp", Text, nullable=False, unique=True),
    Column("step", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Index("ix_records_step_stamp", "step", "stamp"),
)

RELEASES = Table(
    "releases",
    METADATA,
    Column("number", NUMBER, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("parts", Text, nullable=False),
    Column("items", BigInteger, nullable=False),
    Column("passages", BigInteger, nullable=False),
    Column("created", BigInteger, nullable=False),
)

USES = Table(
    "uses",
    METADATA,
    Column("number", NUMBER, primary_key=True),
    Column("release", Text, nullable=False),
    Column("how", Text),
)

SLATES = Table(
    "slates",
    METADATA,
    Column("number", NUMBER, primary_key=True),
    Column("recomm_id", Text, nullable=False, unique=True),
    Column("user", Text),
    Column("created", BigInteger, nullable=False, index=True),
    Column("release", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("visit", Text),  # where it is not the user
)
# Most Slates have no user, and most visits are their own: those cost no place in the index.
for _who in (SLATES.c.user, SLATES.c.visit):
    Index(f"ix_slates_{_who.name}", _who, sqlite_where=_who.is_not(None), postgresql_where=_who.is_not(None))

AMENDMENTS = Table(
    "amendments",
    METADATA,
    Column("number", NUMBER, primary_key=True),
    Column("recomm_id", Text, nullable=False, unique=True),
    Column("created", BigInteger, nullable=False, index=True),
    Column("body", LargeBinary, nullable=False),
)

EVENTS = Table(
    "events",
    METADATA,
    Column("number", NUMBER, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("user", Text, nullable=False),
    Column("item", Text, nullable=False, index=True),
    Column("at", BigInteger, nullable=False, index=True),
    Column("recomm_id", Text),
    Column("value", Float, nullable=False),
    Column("comment", Text, nullable=False),
    UniqueConstraint("user", "item", "kind", name="uq_events_user_item_kind"),
    Index("ix_events_user_number", "user", "number"),
    Index("ix_events_kind_number", "kind", "number"),
    Index("ix_events_item_kind", "item", "kind"),
)
Index(
    "ix_events_recomm_id",
    EVENTS.c.recomm_id,
    sqlite_where=EVENTS.c.recomm_id.is_not(None),
    postgresql_where=EVENTS.c.recomm_id.is_not(None),
)

USERS = Table(
    "users",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("labels", Text, nullable=False),
    Column("subscribe", Text, nullable=False),
    Column("comment", Text, nullable=False),
)

KEYS = Table(
    "keys",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("revoked", Boolean, nullable=False),
    Column("secret_hash", Text, nullable=False, unique=True),
)

ANSWERS = Table(
    "answers",
    METADATA,
    Column("number", NUMBER, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("body_hash", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("recomm_id", Text),
    Column("user", Text),
    Column("created", BigInteger, nullable=False, index=True),
)

HIDDEN = Table("hidden", METADATA, Column("item", Text, primary_key=True))

COUNTERS = Table(
    "counters",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)

# No index on the times: as many stand here as calls are on their way.
RESERVATIONS = Table(
    "reservations",
    METADATA,
    Column("number", NUMBER, primary_key=True),
    Column("nano", BigInteger, nullable=False),
    Column("tokens", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("accounts", Text, nullable=False),
    sqlite_autoincrement=True,  # A number is never given twice: settling twice must hit nobody else's.
)

ACCOUNTS = Table(
    "accounts",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("settled_nano", BigInteger, nullable=False),
    Column("settled_tokens", BigInteger, nullable=False),
    Column("open_nano", BigInteger, nullable=False),
    Column("open_tokens", BigInteger, nullable=False),
    Column("calls", BigInteger, nullable=False),
    Column("unknown", BigInteger, nullable=False),
    Column("used", BigInteger, nullable=False),
)

BUCKETS = Table(
    "buckets",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("full_at", BigInteger, nullable=False),
    Column("paused_until", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
)

# A size of its own, so that what goes is counted and no payload is read.
REPLIES = Table(
    "replies",
    METADATA,
    Column("number", NUMBER, primary_key=True),
    Column("stamp", Text, nullable=False, unique=True),
    Column("created", BigInteger, nullable=False, index=True),
    Column("size", BigInteger, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("about", Text, index=True),
)

BATCH_JOBS = Table(
    "batch_jobs",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("model", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("calls", LargeBinary, nullable=False),
    Column("reservation", BigInteger, nullable=False),
    Column("created", BigInteger, nullable=False),
)

LABELS = Table(
    "labels",
    METADATA,
    Column("number", NUMBER, primary_key=True),
    Column("name", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
)

PAIRS = Table(
    "pairs",
    METADATA,
    Column("number", NUMBER, primary_key=True),
    Column("qid", Text, nullable=False),
    Column("item", Text, nullable=False),
    Column("request", Text, nullable=False),
    Column("about", Text, nullable=False, index=True),
    Column("again", Boolean, nullable=False),
    Column("recomm_id", Text, index=True),
    Column("created", BigInteger, nullable=False, index=True),
    UniqueConstraint("qid", "item", name="uq_pairs_qid_item"),
)

# A label stands under its pair's number: it is erased with the pair.
GRADES = Table(
    "grades",
    METADATA,
    Column("number", NUMBER, primary_key=True),
    Column("pair", BigInteger, nullable=False),
    Column("person", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("grade", Integer),
    Column("seconds", Float),
    Column("at", BigInteger, nullable=False),
    UniqueConstraint("pair", "person", name="uq_grades_pair_person"),
)

JUDGED = Table(
    "judged",
    METADATA,
    Column("number", NUMBER, primary_key=True),
    Column("judge", Text, nullable=False),
    Column("about", Text, nullable=False, index=True),
    Column("item", Text, nullable=False),
    Column("grade", Integer, nullable=False),
    Column("quote", Text, nullable=False),
    Column("stamp", Text, nullable=False),
    Column("recomm_id", Text, index=True),
    Column("created", BigInteger, nullable=False, index=True),
    UniqueConstraint("judge", "about", "item", name="uq_judged_judge_about_item"),
)

TRIALS = Table(
    "trials",
    METADATA,
    Column("number", NUMBER, primary_key=True),
    Column("judge", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("prompt", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("things", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("evidence", Text, nullable=False),
)

EXPERIMENTS = Table(
    "experiments",
    METADATA,
    Column("number", NUMBER, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False, unique=True),
    Column("design", Text, nullable=False),
    Column("baseline", Text, nullable=False),
    Column("candidate", Text, nullable=False),
    Column("share", Float, nullable=False),
    Column("seed", Text, nullable=False),
    Column("started", BigInteger, nullable=False),
    Column("stopped", BigInteger),
    Column("over_s", Float, nullable=False),
    Column("why", Text, nullable=False),
    Column("who", Text, nullable=False),
)

MEASUREMENTS = Table(
    "measurements",
    METADATA,
    Column("number", NUMBER, primary_key=True),
    Column("release", Text, nullable=False),
    Column("questions", Text, nullable=False),
    Column("asked", Text, nullable=False),
    Column("measure", Text, nullable=False),
    Column("value", Float, nullable=False),
    Column("low", Float, nullable=False),
    Column("high", Float, nullable=False),
    Column("requests", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("how", Text, nullable=False),
    Column("variant", Text, nullable=False),
    Column("made_up", Boolean, nullable=False),
    Column("median_ms", Float),
    Column("p95_ms", Float),
    Column("usd_per_1000", Float),
    Column("judge", Text, nullable=False, server_default=""),
    Column("labels", BigInteger, nullable=False, server_default="0"),
)

__all__ = [
    "ACCOUNTS",
    "AMENDMENTS",
    "ANSWERS",
    "BATCH_JOBS",
    "BODIES",
    "BUCKETS",
    "COUNTERS",
    "EVENTS",
    "EXPERIMENTS",
    "GRADES",
    "HIDDEN",
    "JUDGED",
    "KEYS",
    "LABELS",
    "MAPPINGS",
    "MEASUREMENTS",
    "METADATA",
    "PAGES",
    "PAIRS",
    "RECORDS",
    "REJECTED",
    "RELEASES",
    "REPLIES",
    "RESERVATIONS",
    "SLATES",
    "TRIALS",
    "USERS",
    "USES",
    "VERSION",
    "insert",
]
