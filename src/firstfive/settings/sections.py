"""What can be set: one record a section, and the docstring under each setting is its documentation.

`firstfive init` writes these words into the file, and the docs test demands that the guide has them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta

Cap: TypeAlias = float | Literal["none"]
"""A limit that can be taken away."""
Days: TypeAlias = Annotated[int, Meta(ge=0, le=36_500)]
"""A hundred years at most: what is older than that, no calendar of a program has."""


@dataclass(frozen=True, slots=True)
class ProjectSettings:
    """What the project calls itself and its items."""

    name: str = ""
    """The name at the top of the seeker's page. Empty: "Find your match", in the seeker's language."""
    question: str = ""
    """The question above the box on the seeker's page. Empty: "What are you looking for?", in the seeker's language."""
    item: str = ""
    """What one item is called, in the singular. Empty: "match", in the seeker's language."""
    items: str = ""
    """What items are called, in the plural. Empty: "matches", in the seeker's language."""
    seekers: str = ""
    """What the people are called who use the page, in the plural, such as "buyers". Empty: nothing is said of them."""
    examples: tuple[str, ...] = ()
    """Example requests, shown as buttons; three at most are used."""


@dataclass(frozen=True, slots=True)
class WordSettings:
    """The project's own words in another language; one part a language: [words.de]. Empty: as in [project]."""

    name: str = ""
    """The name at the top of the page."""
    question: str = ""
    """The question above the box."""
    item: str = ""
    """What one item is called, in the singular."""
    items: str = ""
    """What items are called, in the plural."""
    seekers: str = ""
    """What the people are called who use the page, in the plural."""
    examples: tuple[str, ...] = ()
    """Example requests, shown as buttons; three at most are used."""
    contact: str = ""
    """As page.contact."""
    privacy: str = ""
    """As page.privacy."""
    fields: tuple[str, ...] = ()
    """What the page calls fields, each as "field: name", such as "employees: people who work there"."""


@dataclass(frozen=True, slots=True)
class PageSettings:
    """The seeker's page: its languages, its last lines, and what a yes leads to."""

    languages: tuple[str, ...] = ()
    """The languages of the page, of "en", "de" and "fr"; the browser chooses. Empty: all."""
    contact: str = ""
    """Whom to ask: an email address, a phone number, a web address or a sentence. Shown last, and after a yes."""
    privacy: str = ""
    """A sentence about what is kept, or the web address of one. Shown last on the page."""
    website: str = ""
    """The field with the web address of an item, to which a yes leads."""
    facts: tuple[str, ...] = ()
    """The fields that each result shows, in this order, such as "town" and "price". Empty: none."""
    after_yes: tuple[str, ...] = ("contact", "website", "list", "print", "send")
    """What a yes leads to, in this order: "contact", "website", "list", and on the list "print" and "send"."""
    rate_every: int = 5
    """One visit in so many is asked two questions at its end, which can be skipped; 0: none is."""


@dataclass(frozen=True, slots=True)
class ColourSettings:
    """The page's colours, as #rrggbb, by day and in a dark room. A server whose letters would be hard to read ends."""

    accent: str = "#0f4a40"
    """The main button, links and numbers."""
    paper: str = "#faf8f3"
    """Behind everything."""
    card: str = "#ffffff"
    """Behind each result, and in boxes and buttons."""
    ink: str = "#1d2321"
    """Letters."""
    mark: str = "#fde9a9"
    """Behind words that are quoted."""
    accent_dark: str = "#a5dccb"
    """The main button, links and numbers, in the dark."""
    paper_dark: str = "#14181a"
    """Behind everything, in the dark."""
    card_dark: str = "#1c2224"
    """Behind each result, and in boxes and buttons, in the dark."""
    ink_dark: str = "#f1eee6"
    """Letters, in the dark."""
    mark_dark: str = "#564614"
    """Behind words that are quoted, in the dark."""


@dataclass(frozen=True, slots=True)
class ImportSettings:
    """How the columns of a source become items. Empty means: guess, and say what was guessed."""

    id: str = ""
    """The column that names an item. Without one, the id is made from the content."""
    title: str = ""
    """The column with the item's name."""
    text: tuple[str, ...] = ()
    """The columns whose text describes the item, in order."""
    field: tuple[str, ...] = ()
    """The columns kept as fields, for filters. "*" keeps all that are left."""
    max_bad: float = 0.01
    """The share of rows, 0 to 1, that may go to quarantine before `import` ends with exit status 1."""
    max_item_mb: float = 20.0
    """A row or file larger than this, unpacked, goes to quarantine."""
    max_ratio: float = 200.0
    """A compressed file that grows by more than this factor is refused."""


@dataclass(frozen=True, slots=True)
class CleanSettings:
    """Cleaning, without a model and with one."""

    boilerplate_share: float = 0.3
    """A block on more than this share of a site's pages, in the same company, is boilerplate; needs four pages."""
    copies: float = 0.8
    """Texts whose three-word phrases overlap by at least this Jaccard share are copies; above 1: never."""
    model: Literal["auto", "always", "never"] = "auto"
    """Which pages the language model cleans: those that rules seem to have done badly, all, or none."""
    model_share: float = 0.2
    """The largest share of the pages, 0 to 1, that the language model may clean, those that need it most first."""


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """The embedder."""

    embedder: str = "minilm"
    """"minilm" (built in), "multilingual" (an extra), "onnx:DIR" (a folder), "PROVIDER:MODEL" or "none" (by words)."""
    threads: int = 0
    """Texts embedded at once; 0 is one for each processor core."""
    llm: str = ""
    """The language model, "PROVIDER:MODEL", such as "openai:MODEL" or "local:FILE.gguf". Empty: none is used."""
    fallback: tuple[str, ...] = ()
    """Models to try, in order, where the first one gives no good reply."""
    judge: str = ""
    """The model that judges, "PROVIDER:MODEL". Empty: the first fallback of another family than the reranker."""
    speed: Literal["fast", "balanced", "best"] = "balanced"
    """How many model steps a request may take: none, a short rerank, or a long rerank with reasons by the model."""
    timeout_s: float = 60.0
    """The longest that one call of a build may take, retries included."""
    request_timeout_s: float = 0.8
    """The longest that all model steps of one person's request may take together."""
    late_s: float = 20.0
    """How much longer reasons by the model may take that come too late for an answer; 0: they are given up."""
    rerank_short: int = 8
    """How many of the first items a short rerank scores, one call each."""
    rerank_long: int = 20
    """How many of the first items a long rerank scores, one call each; 50 at most."""
    rerank_places: int = 3
    """How many places up or down a model's score may move an item."""
    cache_mb: float = 256.0
    """Model replies kept, so that nothing equal is paid twice; the oldest go first."""
    record: str = ""
    """A file in the project's folder to which every good reply is added; "replay:FILE" as a model answers from it."""


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """The index of a Release."""

    exact_rows: int = 50_000
    """Vectors up to this many are searched exactly; above, by 8-bit codes with exact rescoring."""
    rescore: int = 50
    """How many of the best by 8-bit codes are scored exactly, times the rows an item has on average."""
    stemmer: str = "english"
    """The language of stemming and stop words: english, german, french, spanish, italian, dutch, ... or none."""


@dataclass(frozen=True, slots=True)
class RankSettings:
    """How channels are put together. These are part of the Release."""

    words: float = 1.0
    """Weight of the words channel (BM25, stemmed)."""
    chars: float = 1.0
    """Weight of the channel of character 4-grams (BM25): finds misspelt and compound words."""
    whole: float = 1.0
    """Weight of whole-text meaning."""
    passages: float = 1.0
    """Weight of the best passage's meaning."""
    pieces: float = 0.5
    """Weight of the word-by-word match, which reorders the first 50."""
    own: float = 1.0
    """Weight of the user's own vectors, where some were imported."""
    depth: int = 100
    """How many items each channel puts forward; a channel's score at this depth counts as 0."""


@dataclass(frozen=True, slots=True)
class AskSettings:
    """What a seeker is asked after the first five."""

    sure_at: float = 0.3
    """Below this chance of a match among the five, 0 to 1, the page says that it needs one more fact."""
    questions: int = 2
    """The most questions in one visit; 0: none."""
    never: tuple[str, ...] = ()
    """Fields that no seeker can be asked about, such as a batch or a language code."""


@dataclass(frozen=True, slots=True)
class LearnSettings:
    """What `firstfive learn` looks at. A Release that learned has it as a part."""

    date: str = ""
    """The field with an item's date, by which it is new or old. Empty: when it was first imported."""


@dataclass(frozen=True, slots=True)
class TasteSettings:
    """What a returning person said yes and no to moves their later answers a little. No part of a Release.

    What is given up for that: an answer no longer depends on the request alone, and who sees one may guess what that
    person liked before. Nothing more is stored than without it: the events that say yes and no are read again.
    """

    use: Literal["never", "known", "everyone"] = "never"
    """"known": users whom a program names in its requests. "everyone": visitors who ask for it too. "never": nobody."""
    half_life_days: float = 30.0
    """After so many days a yes or a no counts half, after twice as many a quarter; 0: nothing fades."""
    keep_days: Days = 180
    """What was said longer ago is not looked at any more; 0: all that `privacy.keep_days` keeps."""
    places: int = 3
    """How many places up or down a person's past may move an item."""


@dataclass(frozen=True, slots=True)
class GoalSettings:
    """What a Release must reach, for `firstfive promote` and `firstfive evaluate --gate`. No part of a Release."""

    queries: str = ""
    """A file of requests to measure with, in the project's folder. Empty: `promote` makes some up from the items."""
    qrels: str = ""
    """A file of what is right for these requests."""
    at_least: tuple[str, ...] = ()
    """What must be reached, such as "Success@5 0.7": the whole 95 % interval must lie there or above."""
    measure: str = "Success@5"
    """What two Releases are compared by."""
    margin: float = 0.02
    """By how much a Release may be worse than the one in use: the whole 95 % interval must lie above minus this."""
    p95_ms: Cap = "none"
    """The most milliseconds that 95 of 100 requests may take, one at a time."""
    usd_per_1000: Cap = "none"
    """The most that embedding a thousand requests may cost, in US dollars."""
    made_up: int = 1000
    """How many requests to make up, each from an item of its own, where there are no others."""


@dataclass(frozen=True, slots=True)
class ExperimentSettings:
    """What is left to chance with seekers, so that something can be learned from it. No part of a Release."""

    explore: Annotated[float, Meta(ge=0, le=0.2)] = 0.0
    """The chance, 0 to 0.2, with which the fourth and the fifth place are each drawn from the items that come next."""


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """The HTTP server."""

    host: str = "127.0.0.1"
    """The address to listen on. Loopback unless you say otherwise."""
    port: Annotated[int, Meta(ge=0, le=65535)] = 8055
    """The port to listen on."""
    max_body_kb: int = 1024
    """Request bodies above this are refused."""
    hosts: tuple[str, ...] = ()
    """Host names the server answers to. Empty: on loopback only loopback's own names, elsewhere any."""
    proxies: tuple[str, ...] = ()
    """IP addresses or networks of proxies that are believed who asks, and whether over TLS. Empty: none is."""
    rate_per_minute: int = 6000
    """Requests a minute that one key may make; 0: any number."""
    page_rate_per_minute: int = 240
    """Requests a minute that one address may make to the seeker's page; 0: any number."""
    build_every_s: float = 0.0
    """Build by itself every so many seconds when pages changed; 0: never."""
    learn_every_s: float = 0.0
    """Learn by itself every so many seconds when something new was said; 0: never."""
    learn_after: int = 0
    """Learn by itself after so many new events; 0: never."""
    keep_releases: Annotated[int, Meta(ge=0)] = 10
    """Of the Releases that a server made by itself since it started, so many of the newest stay; 0: all."""


@dataclass(frozen=True, slots=True)
class PrivacySettings:
    """What is kept about people."""

    keep_days: Days = 365
    """Slates, events, stored answers, model replies and labels older than this are removed; 0 keeps them for ever."""


@dataclass(frozen=True, slots=True)
class ObserveSettings:
    """Traces and logs."""

    content: bool = False
    """Whether spans may carry request text. Off: they carry ids and counts only."""
    log: Literal["error", "warning", "info", "debug"] = "info"
    """The least serious log line that is written."""


@dataclass(frozen=True, slots=True)
class BudgetSettings:
    """The most that models may cost. "none": no cap; 0: nothing may be spent. Money is in US dollars."""

    project_usd: Cap = "none"
    """All calls of the project together."""
    day_usd: Cap = 10.0
    """All calls of one day (UTC)."""
    run_usd: Cap = "none"
    """One build, or one other run over the catalogue."""
    key_usd: Cap = "none"
    """All calls made for one access key."""
    user_usd: Cap = "none"
    """All calls made for one user."""
    project_tokens: Cap = "none"
    """Tokens, in and out, of all calls of the project together."""
    day_tokens: Cap = "none"
    """Tokens of one day (UTC)."""
    run_tokens: Cap = "none"
    """Tokens of one run."""
    key_tokens: Cap = "none"
    """Tokens for one access key."""
    user_tokens: Cap = "none"
    """Tokens for one user."""
    ask_above_usd: float = 1.0
    """`firstfive build` asks for a yes where the run may cost more than this."""


@dataclass(frozen=True, slots=True)
class PriceSettings:
    """What a model costs, in US dollars; one line a model: "openai:MODEL" = { input = 0.25, output = 2.0 }."""

    input: float = 0.0
    """For a million tokens of input."""
    output: float = 0.0
    """For a million tokens of output."""
    cached: Cap = "none"
    """For a million tokens of input that the provider had cached; "none": as other input."""
    batch: float = 1.0
    """The share of these prices that the provider's batch API charges: 0.5 is half."""


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """Where a provider is reached, and how much it takes; one line a provider that needs other than the usual."""

    api: str = ""
    """What it speaks: openai, azure, anthropic, bedrock, sagemaker, tei, local or replay. Empty: as its name says."""
    url: str = ""
    """The address of its API, where it is not the usual one."""
    key: str = ""
    """Where its key is read: "env:NAME" or "file:PATH". Never the key itself."""
    region: str = ""
    """The AWS region."""
    version: str = ""
    """The API version that Azure wants; "inputs" for a SageMaker container without the messages API."""
    schema: Literal["schema", "json", "prompt"] = "schema"
    """How an answer's form is asked for: by JSON Schema, by JSON mode, or in words alone. It is checked always."""
    requests_per_minute: float = 600.0
    """Requests a minute, over all processes of the project."""
    tokens_per_minute: float = 1_000_000.0
    """Tokens a minute, in and out, over all processes of the project."""
    at_once: int = 16
    """Calls on their way at once, in each process. A `local` model does one at a time, whatever stands here."""


@dataclass(frozen=True, slots=True)
class FactSettings:
    """A fact to draw out of every item; one line a fact: employees = { kind = "number", about = "people employed" }."""

    kind: Literal["choice", "choices", "number", "text", "list", "place", "yes/no"] = "text"
    """What its value is: one of `values`, several of them, a number, words, a list, a place or yes/no."""
    about: str = ""
    """What it means, in a few words: a model reads this."""
    values: tuple[str, ...] = ()
    """The values of a choice."""
    unit: str = ""
    """The unit of a number, such as "USD" or "people"; other known units of the same kind are converted."""


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """The source of truth."""

    database_url: str = ""
    """Empty: SQLite in the project's folder."""
