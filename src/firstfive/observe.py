"""What the system says about itself: progress, log lines, OpenTelemetry spans and Prometheus metrics.

Spans and log lines carry ids and counts. Request text appears in a span only where `observe.content` is on.
opentelemetry and prometheus_client are imported on first use: neither is needed to print a help text.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, wraps
from threading import RLock
from time import perf_counter, time_ns
from typing import TYPE_CHECKING, Literal, ParamSpec, TypeVar

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Span, Tracer, TracerProvider
    from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

P = ParamSpec("P")
Made = TypeVar("Made")
SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 1.5, 3.0, 10.0)


class Quiet:
    """A Progress that says nothing."""

    def start(self, step: str, total: int | None) -> None:
        """Says nothing."""

    def advance(self, step: str, done: int) -> None:
        """Says nothing."""

    def note(self, step: str, text: str) -> None:
        """Says nothing."""

    def finish(self, step: str) -> None:
        """Says nothing."""


def log(name: str) -> logging.Logger:
    """The logger of a part, below "firstfive"."""
    return logging.getLogger(f"firstfive.{name}")


def tracer() -> Tracer | None:
    """The tracer of whatever OpenTelemetry provider the process has; None where it has none, and nobody would see."""
    from opentelemetry import trace

    provider = trace.get_tracer_provider()
    return None if isinstance(provider, trace.ProxyTracerProvider) else _tracer(provider)


@cache
def _tracer(provider: TracerProvider) -> Tracer:
    return provider.get_tracer("firstfive")


@contextmanager
def span(name: str, caller: str = "", /, **attributes: str | int | float | bool) -> Iterator[Span]:
    """A span around a piece of work. An error is recorded on it by its class and code, never by its text.

    caller: the W3C `traceparent` of a program that asked for it, whose trace then goes on here.
    """
    from opentelemetry import trace
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    traced = tracer()
    if traced is None:
        yield trace.INVALID_SPAN
        return
    begun = TraceContextTextMapPropagator().extract({"traceparent": caller}) if caller else None
    with traced.start_as_current_span(
        name, begun, attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as current:
        try:
            yield current
        except BaseException as error:
            current.set_attribute("error.type", getattr(error, "code", type(error).__name__))
            current.set_status(trace.Status(trace.StatusCode.ERROR))
            raise


WHERE_TO = ("OTEL_TRACES_EXPORTER", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
"""OpenTelemetry's own variables; where one is set, a server sends its spans there."""


@contextmanager
def exporting() -> Iterator[None]:
    """Sends spans as OpenTelemetry's environment variables say, and the last of them when the `with` ends.

    Does nothing where they say nothing, or where the process has a provider already. A process can set one only once.
    """
    from opentelemetry import trace

    free = isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider)
    if not free or not any(os.environ.get(name) for name in WHERE_TO):
        yield
        return
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    named = {} if os.environ.get("OTEL_SERVICE_NAME") else {"service.name": "firstfive"}
    provider = TracerProvider(resource=Resource.create(named))
    for exporter in _exporters():
        provider.add_span_processor(BatchSpanProcessor(exporter()))
    trace.set_tracer_provider(provider)
    try:
        yield
    finally:
        provider.shutdown()


def _exporters() -> Iterator[Callable[[], SpanExporter]]:
    """The exporters that OTEL_TRACES_EXPORTER names, otlp without it, as their packages register them."""
    from importlib.metadata import entry_points

    protocol = os.environ.get("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") or os.environ.get("OTEL_EXPORTER_OTLP_PROTOCOL")
    otlp = "grpc" if protocol == "grpc" else "http"
    for name in (os.environ.get("OTEL_TRACES_EXPORTER") or "otlp").replace(" ", "").split(","):
        wanted = f"otlp_proto_{otlp}" if name == "otlp" else name
        found = tuple(entry_points(group="opentelemetry_traces_exporter", name=wanted))
        if found:
            yield found[0].load()
        elif name != "none":
            log("traces").warning(
                "traces are not sent: no exporter %s is installed; run `pip install opentelemetry-exporter-%s`",
                name,
                wanted.replace("_", "-"),
            )


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric as declared: the docs test demands a heading for each."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    meaning: str
    labels: tuple[str, ...] = ()


METRICS: tuple[Metric, ...] = (
    Metric("firstfive_http_requests_total", "counter", "HTTP requests answered.", ("route", "method", "status")),
    Metric("firstfive_http_seconds", "histogram", "Seconds to answer an HTTP request.", ("route",)),
    Metric("firstfive_recommend_total", "counter", "Slates given, by outcome.", ("outcome",)),
    Metric("firstfive_recommend_seconds", "histogram", "Seconds to a Slate, durable storage included."),
    Metric("firstfive_stage_seconds", "histogram", "Seconds a stage of a recommendation took.", ("stage",)),
    Metric(
        "firstfive_model_help_total",
        "counter",
        "Model steps of requests, by how much of their work came back.",
        ("step", "outcome"),
    ),
    Metric("firstfive_model_calls_total", "counter", "Calls of language models, by outcome.", ("model", "outcome")),
    Metric("firstfive_model_seconds", "histogram", "Seconds a language model took to answer.", ("model",)),
    Metric("firstfive_model_tokens_total", "counter", "Tokens that providers counted.", ("model", "direction")),
    Metric("firstfive_model_usd_total", "counter", "US dollars that calls of models were charged.", ("model",)),
    Metric("firstfive_events_total", "counter", "Events stored.", ("kind",)),
    Metric("firstfive_experiment_failures_total", "counter", "Answers that an experiment's candidate failed to give."),
    Metric("firstfive_items", "gauge", "Items in the Release in use."),
    Metric("firstfive_last_slate_timestamp_seconds", "gauge", "When the last Slate was given, in Unix time."),
)


_making = RLock()


def _once(make: Callable[P, Made]) -> Callable[P, Made]:
    """`cache` for what must not be made twice, not even by two threads that ask at the same time."""
    made = cache(make)

    @wraps(make)
    def one(*args: P.args, **kwargs: P.kwargs) -> Made:
        with _making:
            return made(*args, **kwargs)  # type: ignore[arg-type]  # cache wants hashable ones, and gets strings

    return one


@_once
def registry() -> CollectorRegistry:
    """The process's Prometheus registry."""
    from prometheus_client import CollectorRegistry

    return CollectorRegistry()


@_once
def metric(name: str) -> Counter | Gauge | Histogram:
    """The live metric of this name, made on first use. KeyError for one that METRICS does not declare."""
    import prometheus_client as prometheus

    declared: Mapping[str, Metric] = {m.name: m for m in METRICS}
    m = declared[name]
    if m.kind == "histogram":
        return prometheus.Histogram(m.name, m.meaning, m.labels, registry=registry(), buckets=SECONDS)
    kind = prometheus.Counter if m.kind == "counter" else prometheus.Gauge
    return kind(m.name, m.meaning, m.labels, registry=registry())


def count(name: str, amount: float = 1.0, **labels: str) -> None:
    """Adds to a counter."""
    _child(name, labels).inc(amount)


def gauge(name: str, value: float, **labels: str) -> None:
    """Sets a gauge."""
    _child(name, labels).set(value)


def seconds(name: str, value: float, **labels: str) -> None:
    """Records a duration in a histogram."""
    _child(name, labels).observe(value)


@cache
def _bound(name: str, labels: tuple[tuple[str, str], ...]) -> object:
    return metric(name).labels(**dict(labels)) if labels else metric(name)


def _child(name: str, labels: Mapping[str, str]):  # type: ignore[no-untyped-def]  # prometheus has one class a kind
    return _bound(name, tuple(sorted(labels.items())))


class Stopwatch:
    """Milliseconds of named stages, in order: each `lap` ends the stage that began at the last one.

    spans: each stage becomes a span too, below the current one, named "firstfive." and the stage.
    """

    __slots__ = ("_from", "_spans", "laps_ms")

    def __init__(self, *, spans: bool = False) -> None:
        self._from = perf_counter()
        self._spans = spans
        self.laps_ms: dict[str, float] = {}

    def lap(self, stage: str) -> None:
        """Ends a stage."""
        now = perf_counter()
        self.laps_ms[stage] = self.laps_ms.get(stage, 0.0) + (now - self._from) * 1000
        if self._spans and (traced := tracer()) is not None:
            end = time_ns()
            traced.start_span(f"firstfive.{stage}", start_time=end - int((now - self._from) * 1e9)).end(end)
        self._from = now
