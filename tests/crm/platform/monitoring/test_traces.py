"""Traces by OpenTelemetry: clear words if it isn't installed, and no personal data in what leaves the process."""

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from crm.platform.configuration.environment import SettingError
from crm.platform.monitoring import opentelemetry, traces
from tests.crm.platform.configuration.test_environment import environment  # noqa: F401


def test_without_the_packages_the_start_says_how_to_install_them(environment, monkeypatch):  # noqa: F811
    def missing(name):
        raise ModuleNotFoundError(name)

    assert environment().otel is False
    assert environment(LEADWELL_OTEL="on").otel is True
    monkeypatch.setattr(opentelemetry, "find_spec", missing)
    with pytest.raises(SettingError, match=r"LEADWELL_OTEL=on requires packages .* requirements-otel\.txt"):
        environment(LEADWELL_OTEL="on")
    assert environment(LEADWELL_OTEL="off").otel is False


@pytest.fixture
def exported():
    """exported(step) runs step(tracer) and returns the spans as they leave the process."""
    memory = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(traces.CleaningExporter(memory)))

    def run(step):
        step(provider.get_tracer("test"))
        return memory.get_finished_spans()

    return run


def test_paths_addresses_and_values_in_queries_are_removed(exported):
    def request(tracer):
        with tracer.start_as_current_span("GET admin/leads/<int:pk>") as span:
            span.set_attributes(
                {
                    "url.path": "/admin/leads/7",
                    "url.query": "q=Ann",
                    "http.target": "/admin/leads/7?q=Ann",
                    "client.address": "10.1.2.3",
                    "http.route": "admin/leads/<int:pk>",
                    "db.query.text": "SELECT 'Ann' FROM leads_lead",
                }
            )

    (span,) = exported(request)
    assert span.name == "GET admin/leads/<int:pk>"
    assert dict(span.attributes) == {
        "http.route": "admin/leads/<int:pk>",
        "db.query.text": "SELECT '…' FROM leads_lead",
    }


def test_an_error_keeps_its_type_but_not_its_message(exported):
    def fail(tracer):
        with pytest.raises(ValueError, match="Ann"), tracer.start_as_current_span("job"):
            raise ValueError("Ann is in the way")

    (span,) = exported(fail)
    (event,) = span.events
    assert event.attributes["exception.type"] == "ValueError"
    assert not span.status.is_ok
    assert "Ann" not in span.to_json()
