"""Calls generated from the API schema: whatever they contain, the response is documented and never a 500."""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from leads.models import Lead
from tests.api.conftest import make_token
from tests.examples import TIMES

pytestmark = [pytest.mark.hard, pytest.mark.django_db]

schema = schemathesis.openapi.from_wsgi("/api/schema", get_wsgi_application())
# One random call of each kind in every check. Each night there are twelve, and those with a value at each border of the schema.
schema.config.phases.coverage.enabled = TIMES > 1
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture
def secret(ada, make_lead, make_field):
    for type in ("text", "number", "moment", "choices", "user"):
        make_field(f"Extra {type}", type, choices=["Maths", "Music"] if type == "choices" else ())
    for name in ("Jan Novák", "Eva Berg"):
        make_lead(name, owner=ada)
    # As in Django's test client, the connection outlives the request, because the test's transaction is on it.
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield make_token(ada)
    for signal in signals:
        signal.connect(close_old_connections)


@schema.parametrize()
@settings(max_examples=TIMES, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_generated_call_gets_a_documented_response(case, secret, statuses, sources):
    given = case.path_parameters or {}
    if "id" in given and len(str(given["id"])) % 2:
        # Half of the ids exist.
        lead = Lead.objects.present().first() or Lead(pk=1)
        ids = {"v1": lead.public_id, "lead_statuses": statuses.qualified.pk, "lead_sources": sources.event.pk}
        given["id"] = next((str(pk) for name, pk in ids.items() if name in case.path), str(lead.pk))
    headers = {"authtoken": secret, "Authorization": f"Bearer {secret}"}
    case.call_and_validate(headers=headers, checks=CHECKS)
