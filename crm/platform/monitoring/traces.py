"""Traces and metrics by OpenTelemetry (LEADWELL_OTEL=on): its libraries measure, and its OTEL_* variables say where to.

Only loaded where they are on, because the libraries are an optional part. What they record of a request or a query may name a
person; that is removed before anything leaves the process.
"""

import os
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from opentelemetry import metrics, trace
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.django import DjangoInstrumentor
from opentelemetry.instrumentation.psycopg import PsycopgInstrumentor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.metrics.view import View
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Status

from crm.platform.monitoring.current_task import get_current_work
from crm.platform.monitoring.slow_queries import get_anonymous_sql

# Paths and addresses name persons and records; the route and the request ID stay.
PERSONAL = {
    *("http.url", "http.target", "http.user_agent", "http.client_ip", "url.full", "url.path", "url.query"),
    *(
        "client.address",
        "client.port",
        "net.peer.ip",
        "net.peer.name",
        "net.peer.port",
        "user_agent.original",
    ),
    *("exception.message", "exception.stacktrace", "enduser.id"),
}
SQL = {"db.statement", "db.query.text"}
# A metric of requests has these labels; without a route, the library would take the path.
LABELS = {"http.request.method", "http.response.status_code", "http.route", "url.scheme"}
NOT_TRACED = "healthz,readyz"


def start_tracing(part: str) -> None:
    """In the web server before Django loads its middleware, and in the worker. `part` is "web" or "worker"."""
    os.environ.setdefault("OTEL_SERVICE_NAME", "leadwell")
    os.environ.setdefault("OTEL_SEMCONV_STABILITY_OPT_IN", "http,database")
    resource = Resource.create({"leadwell.part": part})
    if _is_wanted("OTEL_TRACES_EXPORTER"):
        provider = TracerProvider(resource=resource)
        provider.add_span_processor(BatchSpanProcessor(CleaningExporter(OTLPSpanExporter())))
        trace.set_tracer_provider(provider)
    if _is_wanted("OTEL_METRICS_EXPORTER"):
        reader = PeriodicExportingMetricReader(OTLPMetricExporter())
        view = View(instrument_name="http.server.*", attribute_keys=LABELS)
        metrics.set_meter_provider(MeterProvider([reader], resource=resource, views=[view]))
    PsycopgInstrumentor().instrument()
    if part == "web":
        # Inside the middleware that gives IDs and logs refusals, as the library refuses an invalid Host by an exception.
        place = settings.MIDDLEWARE.index("django.middleware.security.SecurityMiddleware")
        DjangoInstrumentor().instrument(
            excluded_urls=NOT_TRACED, response_hook=_name_span, middleware_position=place
        )


def _is_wanted(variable: str) -> bool:
    return os.environ.get(variable, "otlp") != "none"


def _name_span(span: Any, request: HttpRequest, _response: Any) -> None:
    """With the IDs of the log lines, a trace leads to its lines, and a line to its trace."""
    for name in ("request_id", "operation_id"):
        value = getattr(request, name, None)
        if value:
            span.set_attribute(f"leadwell.{name}", value)


def trace_task(run: Callable[[], Any], context: Any, _worker: Any) -> Any:
    """Around each task of the worker: a span for its queries."""
    with trace.get_tracer(__name__).start_as_current_span(f"job {context.job.task_name}") as span:
        try:
            return run()
        finally:
            work = get_current_work()
            if work:
                span.update_name(f"job {work.kind}")
                values = {"kind": work.kind, "job": work.job, "operation": work.operation}
                span.set_attributes({f"leadwell.{name}": value for name, value in values.items() if value})


class CleaningExporter(SpanExporter):
    """The same exporter for spans without personal data."""

    def __init__(self, exporter: SpanExporter) -> None:
        self.exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return self.exporter.export([remove_personal_data(span) for span in spans])

    def shutdown(self) -> None:
        self.exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self.exporter.force_flush(timeout_millis)


def remove_personal_data(span: Any) -> Any:
    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=_drop_personal_attributes(span.attributes),
        events=[
            Event(event.name, _drop_personal_attributes(event.attributes), event.timestamp)
            for event in span.events
        ],
        links=span.links,
        kind=span.kind,
        # Its description is the message of an exception.
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _drop_personal_attributes(attributes: Any) -> dict[str, Any]:
    kept = {name: value for name, value in (attributes or {}).items() if name not in PERSONAL}
    return kept | {name: get_anonymous_sql(str(kept[name])) for name in SQL & kept.keys()}
