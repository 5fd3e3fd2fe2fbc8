"""Whether the libraries of OpenTelemetry are installed. They are an optional part (requirements-otel.txt)."""

from contextlib import suppress
from importlib.util import find_spec

REQUIRED = (
    "opentelemetry.sdk.trace",
    "opentelemetry.exporter.otlp.proto.http",
    "opentelemetry.instrumentation.django",
    "opentelemetry.instrumentation.psycopg",
)
NOT_INSTALLED = (
    "LEADWELL_OTEL=on requires packages that aren't installed. Install them with "
    "`.venv/bin/python -m pip install --require-hashes --requirement requirements-otel.txt`."
)


def is_installed() -> bool:
    for name in REQUIRED:
        found = None
        with suppress(ModuleNotFoundError):
            found = find_spec(name)
        if found is None:
            return False
    return True
