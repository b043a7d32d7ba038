"""What goes over the wire, as msgspec structs: the shapes of Gorse's REST interface, and our own request.

They check what comes in, write what goes out and are the schemas in the OpenAPI document, so the three cannot differ.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from firstfive.types import LONGEST_ID, ItemId, Mismatch, Reason, RecommId

VISIBLE = r"^[^\x00-\x1f\x7f]+(?![\s\S])"
"""One line without control characters. The end is spelt so that a last newline does not pass in any dialect."""

Id = Annotated[str, Meta(min_length=1, max_length=LONGEST_ID, pattern=VISIBLE)]
Line = Annotated[str, Meta(max_length=256, pattern=r"^[^\x00-\x1f\x7f]*(?![\s\S])")]
Word = Annotated[str, Meta(max_length=256)]
Text = Annotated[str, Meta(max_length=200_000)]
Words = Annotated[list[Word], Meta(max_length=1000)]
Ids = Annotated[list[Id], Meta(max_length=100)]
Number = Annotated[float, Meta(ge=-1e15, le=1e15)]
Moment = Annotated[
    str,
    Meta(
        max_length=40,
        description="ISO 8601; UTC where no offset is given; empty: now.",
        extra_json_schema={"anyOf": [{"const": ""}, {"format": "date-time"}]},
    ),
]
Labels = Annotated[Any, Meta(description="Any JSON, of 64 KiB and 32 levels at most.")]

LONGEST_VECTOR = 8192
N_SHOWN, N_LISTED = 100, 10_000
Whole = Annotated[float, Meta(ge=1, le=N_SHOWN, multiple_of=1, extra_json_schema={"type": "integer"})]
"""JSON Schema counts 5.0 as an integer; msgspec's int does not."""


class Answer(Struct, forbid_unknown_fields=True):
    """An answer of a visit, as the Slate before it offered it: a soft preference, which leaves nothing out."""

    field: Word = ""
    condition: Annotated[
        str,
        Meta(
            max_length=4000,
            description="What was answered, as a filter; empty: that it does not matter.",
            extra_json_schema={"format": "firstfive-filter"},
        ),
    ] = ""
    kind: Word = ""
    values: Annotated[list[Word | Number], Meta(max_length=10)] = []


class Ask(Struct, forbid_unknown_fields=True):
    """What a seeker wants, in free text."""

    text: Annotated[
        str,
        Meta(
            max_length=200_000,
            description="The request in words: at least one letter or digit, unless like or vector is given.",
            extra_json_schema={"format": "firstfive-request"},
        ),
    ]
    n: Whole = 5
    filter: Annotated[
        str,
        Meta(
            max_length=4000,
            description="A filter on typed fields, such as: country = US and employees >= 10.",
            extra_json_schema={"format": "firstfive-filter"},
        ),
    ] = ""
    like: Ids = []
    unlike: Ids = []
    positive: Annotated[Ids, Meta(description="The same as like.")] = []
    negative: Annotated[Ids, Meta(description="The same as unlike.")] = []
    diversity: Annotated[
        Annotated[float, Meta(ge=0, le=1)] | None,
        Meta(description="0 is pure relevance, 1 as varied as can be; null or absent keeps near-repeats apart."),
    ] = None
    vector: Annotated[
        list[Number],
        Meta(max_length=LONGEST_VECTOR, description="The request in the space of your own vectors, where imported."),
    ] = []
    scenario: Word = ""
    exclude: Annotated[Ids, Meta(description="Items not to show.")] = []
    told: Annotated[list[Answer], Meta(max_length=20, description="What was answered so far in the visit.")] = []
    visit: Annotated[Id | None, Meta(description="An id of your own, the same for all requests of one visit.")] = None
    ask: Annotated[bool, Meta(description="Also say how sure the answer is, and what to ask next.")] = False
    userId: Id | None = None  # noqa: N815  # the name on the wire


class User(Struct, rename="pascal"):
    """A user as Gorse's clients describe them."""

    user_id: Id
    labels: Labels = None
    subscribe: Words | None = None
    comment: Text = ""


class UserPatch(Struct, rename="pascal"):
    """What changes of a user; null and absent change nothing."""

    labels: Labels = None
    subscribe: Words | None = None
    comment: Text | None = None


class Item(Struct, rename="pascal"):
    """An item. Comment is its text; Title is ours, and is the first line of Comment where it is empty.

    Labels may be any JSON; the entries of an object become typed fields. Timestamp is kept as it came.
    """

    item_id: Id
    is_hidden: bool = False
    categories: Words | None = None
    timestamp: Moment | None = None
    labels: Labels = None
    comment: Text = ""
    title: Word = ""


class StoredItem(Struct, rename="pascal"):
    """An item as it stands in the catalogue. What was imported from files may be longer than what the API takes in."""

    item_id: str
    is_hidden: bool
    categories: list[str] | None
    timestamp: str
    labels: Labels
    comment: str
    title: str


class ItemPatch(Struct, rename="pascal"):
    """What changes of an item; null and absent change nothing. IsHidden acts at once, the rest at the next build."""

    is_hidden: bool | None = None
    categories: Words | None = None
    timestamp: Moment | None = None
    labels: Labels = None
    comment: Text | None = None
    title: Word | None = None


class Feedback(Struct, rename="pascal"):
    """That a user did something with an item. RecommId is ours: the Slate in which they saw it."""

    feedback_type: Id
    user_id: Id
    item_id: Id
    timestamp: Moment | None = None
    value: Number | None = None
    comment: Text = ""
    recomm_id: Word = ""


class SessionFeedback(Struct, rename="pascal"):
    """Feedback of a visit that is not stored: only the item and the value count."""

    item_id: Id
    feedback_type: Word = ""
    user_id: Word = ""
    timestamp: Word | None = None
    value: Number | None = None
    comment: Text = ""


class Score(Struct, rename="pascal"):
    """An item and how well it fits."""

    id: str
    score: float


class Success(Struct, rename="pascal"):
    """How many rows a write took in."""

    row_affected: int


class UserIterator(Struct, rename="pascal"):
    """A page of users; Cursor asks for the next one and is empty at the end."""

    cursor: str
    users: list[User]


class ItemIterator(Struct, rename="pascal"):
    """A page of items; Cursor asks for the next one and is empty at the end."""

    cursor: str
    items: list[StoredItem]


class FeedbackIterator(Struct, rename="pascal"):
    """A page of feedback; Cursor asks for the next one and is empty at the end."""

    cursor: str
    feedback: list[Feedback]


class PlaceReason(Struct, rename="camel"):
    """What a place says. later: since a model's reason for it came, after the answer was given."""

    place: int
    item: ItemId
    reason: Reason | None
    mismatch: Mismatch | None
    checks: tuple[str, ...]
    later: bool


class Reasons(Struct, rename="camel"):
    """The reasons of an answer. state: "pending" while more may come, "amended" where some came later, or "whole".

    amended: when they came. models, prompts, costUsd and recorded are of the answer and of what came later together.
    """

    recomm_id: RecommId
    state: Literal["pending", "amended", "whole"]
    created: datetime
    amended: datetime | None
    places: list[PlaceReason]
    models: tuple[str, ...]
    prompts: tuple[str, ...]
    cost_usd: float
    recorded: datetime | None


class Health(Struct):
    """How the server is. last_answer_s: seconds since an answer last went end to end; null where none did.

    held: the server built a Release by itself and did not put it in use, since too many items were gone from it; its
    log and the studio say how many.
    """

    status: str
    release: str | None = None
    last_answer_s: float | None = None
    held: bool = False


Items = Annotated[list[Item], Meta(max_length=N_LISTED)]
Users = Annotated[list[User], Meta(max_length=N_LISTED)]
Feedbacks = Annotated[list[Feedback], Meta(max_length=N_LISTED)]
Session = Annotated[list[SessionFeedback], Meta(max_length=N_LISTED)]
