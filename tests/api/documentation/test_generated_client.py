"""A client generated from the schema reads, adds, changes, and deletes leads over HTTP."""

import os
import subprocess
import sys

import pytest

from leads.models import Lead
from tests.api.conftest import make_token
from tests.api.documentation.generated_client import generate_client

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])

PROGRAM = """
import os
from leadwell import AuthenticatedClient
from leadwell.api.activities import add_activity, list_activities
from leadwell.api.calls import log_call
from leadwell.api.leads import add_lead, bulk_change_leads, change_lead, delete_lead, get_lead, list_leads
from leadwell.api.operations import get_operation, undo_operation
from leadwell.api.statuses import list_statuses
from leadwell.api.tasks import add_task, change_task, list_tasks
from leadwell.api.users import list_users
from leadwell.models import (
    ActivityFieldsRequest, CallFieldsRequest, LeadBulkStatusRequest, LeadBulkStatusValuesRequest, LeadFieldsRequest,
    ListLeadsSort, PatchedLeadFieldsRequest, PatchedTaskChangeRequest, TaskFieldsRequest,
)

client = AuthenticatedClient(base_url=os.environ["SITE"], token=os.environ["TOKEN"])
users = list_users.sync(client=client).users
statuses = {row.category: row.id for row in list_statuses.sync(client=client).statuses}
for name in ("Berg", "Stone", "Novak"):
    add_lead.sync(client=client, body=LeadFieldsRequest(last_name=name, owner=users[0].id))

first = list_leads.sync(client=client, limit=2, sort=ListLeadsSort.NAME)
second = list_leads.sync(client=client, limit=2, sort=ListLeadsSort.NAME, after=first.next_)
print([lead.last_name for lead in [*first.leads, *second.leads]], second.next_)
print(list_leads.sync(client=client, after="nonsense").code)

berg = first.leads[0]
read = get_lead.sync_detailed(str(berg.id), client=client)
change = PatchedLeadFieldsRequest(city="Vienna")
for _twice in range(2):
    changed = change_lead.sync_detailed(
        str(berg.id), client=client, body=change, if_match=read.headers["ETag"]
    )
    print(changed.status_code.value, getattr(changed.parsed, "code", ""))
print(get_lead.sync(str(berg.id), client=client).city)

values = LeadBulkStatusValuesRequest(status=statuses["qualified"])
done = bulk_change_leads.sync(
    client=client, body=LeadBulkStatusRequest(action="status", values=values, filter_="all=1")
)
print(done.changed, get_operation.sync(str(done.operation), client=client).words)
print(undo_operation.sync(str(done.operation), client=client).back)
print(delete_lead.sync(str(berg.id), client=client).deleted)

call = log_call.sync(client=client, body=CallFieldsRequest(phone="+40722123456", seconds=95, create=True))
note = ActivityFieldsRequest(of=call.of, record=call.record, text="Wants an offer")
add_activity.sync(client=client, body=note)
print([(row.text, row.outcome) for row in list_activities.sync(client=client, user="me").activities])
task = add_task.sync(
    client=client, body=TaskFieldsRequest(of=call.of, record=call.record, title="Send it")
)
change_task.sync(str(task.id), client=client, body=PatchedTaskChangeRequest(done=True))
print([(row.title, row.done) for row in list_tasks.sync(client=client).tasks])
"""


def test_a_client_generated_from_the_schema_works(ada, statuses, live_server, tmp_path):
    path = os.pathsep.join([str(generate_client(tmp_path)), os.environ.get("PYTHONPATH", "")])
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
