"""What the housekeeping does for assistants: what can't be used any more is deleted or ended."""

from django.utils import timezone

from assistants.models import AssistantConnection, AssistantProgram, ChangePreview
from assistants.sign_in.connection_state import ENDS, find_end
from assistants.sign_in.connections import disconnect_assistant
from crm.platform.jobs.housekeeping import every_hour


@every_hour
def delete_expired_previews() -> int:
    return ChangePreview.objects.expired().delete()[0]


@every_hour
def delete_unused_programs() -> int:
    return AssistantProgram.objects.forgotten().delete()[0]


@every_hour
def disconnect_ended_assistants() -> int:
    now, number = timezone.now(), 0
    for connection in AssistantConnection.objects.not_disconnected():
        if find_end(connection, connection.token.user, now) in ENDS:
            number += disconnect_assistant(connection.token, by=None)
    return number
