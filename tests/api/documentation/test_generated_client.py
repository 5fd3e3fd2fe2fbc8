"""A client generated from the schema reads, adds, changes, and deletes leads over HTTP."""

import json
import os
import subprocess
import sys

import pytest

from crm.api.views.api_docs import get_schema
from leads.models import Lead
from tests.api.conftest import make_token

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])

PROGRAM = """
import os
from leadwell import AuthenticatedClient
from leadwell.api.api_v_2 import (
    own_lead, own_lead_add, own_lead_change, own_lead_delete, own_leads, own_leads_bulk, own_operation, own_statuses,
    own_undo, own_users, own_activities, own_activity_add, own_call_add, own_task_add, own_task_change, own_tasks,
)
from leadwell.models import (
    OwnLeadBulkStatusRequest, OwnLeadBulkStatusValuesRequest, OwnLeadFieldsRequest, OwnLeadsSort,
    PatchedOwnLeadFieldsRequest, CallFieldsRequest, OwnActivityFieldsRequest, OwnTaskFieldsRequest,
    PatchedOwnTaskChangeRequest,
)

client = AuthenticatedClient(base_url=os.environ["SITE"], token=os.environ["TOKEN"])
users = own_users.sync(client=client).users
statuses = {row.category: row.id for row in own_statuses.sync(client=client).statuses}
for name in ("Berg", "Stone", "Novak"):
    own_lead_add.sync(client=client, body=OwnLeadFieldsRequest(last_name=name, owner=users[0].id))

first = own_leads.sync(client=client, limit=2, sort=OwnLeadsSort.NAME)
second = own_leads.sync(client=client, limit=2, sort=OwnLeadsSort.NAME, after=first.next_)
print([lead.last_name for lead in [*first.leads, *second.leads]], second.next_)
print(own_leads.sync(client=client, after="nonsense").code)

berg = first.leads[0]
read = own_lead.sync_detailed(str(berg.id), client=client)
change = PatchedOwnLeadFieldsRequest(city="Vienna")
for _twice in range(2):
    changed = own_lead_change.sync_detailed(
        str(berg.id), client=client, body=change, if_match=read.headers["ETag"]
    )
    print(changed.status_code.value, getattr(changed.parsed, "code", ""))
print(own_lead.sync(str(berg.id), client=client).city)

values = OwnLeadBulkStatusValuesRequest(status=statuses["qualified"])
done = own_leads_bulk.sync(
    client=client, body=OwnLeadBulkStatusRequest(action="status", values=values, filter_="all=1")
)
print(done.changed, own_operation.sync(str(done.operation), client=client).words)
print(own_undo.sync(str(done.operation), client=client).back)
print(own_lead_delete.sync(str(berg.id), client=client).deleted)

call = own_call_add.sync(client=client, body=CallFieldsRequest(phone="+40722123456", seconds=95, create=True))
note = OwnActivityFieldsRequest(of=call.of, record=call.record, text="Wants an offer")
own_activity_add.sync(client=client, body=note)
print([(row.text, row.outcome) for row in own_activities.sync(client=client, user="me").activities])
task = own_task_add.sync(
    client=client, body=OwnTaskFieldsRequest(of=call.of, record=call.record, title="Send it")
)
own_task_change.sync(str(task.id), client=client, body=PatchedOwnTaskChangeRequest(done=True))
print([(row.title, row.done) for row in own_tasks.sync(client=client).tasks])
"""


@pytest.fixture
def client_of_the_schema(tmp_path):
    """The folder with the package "leadwell", generated from the schema as a user of the generator would."""
    (tmp_path / "schema.json").write_text(json.dumps(get_schema(), default=str))
    (tmp_path / "config.yml").write_text("post_hooks: []\n")
    command = ["-m", "openapi_python_client", "generate", "--meta", "none", "--fail-on-warning"]
    paths = ["--path", "schema.json", "--config", "config.yml", "--output-path", "leadwell"]
    done = subprocess.run(
        [sys.executable, *command, *paths], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return tmp_path


def test_a_client_generated_from_the_schema_works(client_of_the_schema, ada, statuses, live_server):
    path = os.pathsep.join([str(client_of_the_schema), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "SITE": live_server.url, "TOKEN": make_token(ada), "PYTHONPATH": path}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "['Berg', 'Novak', 'Stone'] None",
        "invalid_cursor",
        "200 ",
        "412 changed_since",
        "Vienna",
        "3 Move to Qualified",
        "3",
        "True",
        "[('Wants an offer', ''), ('', 'reached')]",
        "[('Send it', True)]",
    ]
    assert Lead.objects.in_trash().get().last_name == "Berg"
