"""LEADWELL_OTEL=on in the real `manage.py run`: requests, their queries and jobs arrive at a receiver that speaks OTLP."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.hard.running import Browser, a_started_leadwell
from tests.hard.server.test_metrics import queue_a_job

pytestmark = pytest.mark.nightly

SECRET = "424242"


class Receiver(ThreadingHTTPServer):
    """Keeps what arrives at /v1/traces and /v1/metrics."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.spans: list = []
        self.metrics: list = []
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Answer(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/v1/traces":
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                for scope in resource.scope_spans:
                    self.server.spans += scope.spans
        else:
            for resource in ExportMetricsServiceRequest.FromString(body).resource_metrics:
                for scope in resource.scope_metrics:
                    self.server.metrics += scope.metrics
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_words) -> None:
        pass


@pytest.fixture
def receiver():
    with Receiver() as receiver:
        yield receiver
        receiver.shutdown()


def test_requests_queries_and_jobs_arrive_as_traces_and_metrics_without_personal_data(receiver):
    settings = {
        "LEADWELL_OTEL": "on",
        "LEADWELL_DEMO_PASSWORD": "a-password-for-tests",
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{receiver.server_port}",
        "OTEL_BSP_SCHEDULE_DELAY": "200",
        "OTEL_METRIC_EXPORT_INTERVAL": "500",
    }

    def named(name: str) -> list:
        return [span for span in receiver.spans if span.name == name]

    with a_started_leadwell(**settings) as leadwell:
        leadwell.start()
        browser = Browser(leadwell.port)
        assert browser.sign_in("admin@demo.example", "a-password-for-tests") == 200
        assert browser.get("/admin/leads") == 200
        assert browser.get(f"/nothing/{SECRET}") == 404
        assert browser.get(f"/admin/leads/{SECRET}?q={SECRET}") == 404
        queue_a_job(leadwell)
        leadwell.wait(
            lambda: named("GET admin/leads") and named("job derive_contact_due") and receiver.metrics
        )
        assert leadwell.interrupt() == 0
        assert "Traceback" not in leadwell.said
    (request,) = named("GET admin/leads")
    queries = [span for span in receiver.spans if span.parent_span_id == request.span_id]
    assert len(queries) > 3
    assert any("leads_lead" in str(span) for span in queries)
    assert "leadwell.request_id" in {attribute.key for attribute in request.attributes}
    job = named("job derive_contact_due")[0]
    assert [span for span in receiver.spans if span.parent_span_id == job.span_id]
    assert "http.server.request.duration" in {metric.name for metric in receiver.metrics}
    told = str(receiver.spans) + str(receiver.metrics)
    for word in (SECRET, "demo.example", "healthz"):
        assert word not in told, word
