"""The CRM Connect dialect: the notes of leads."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers

from accounts.models import User
from crm.api.api_view import build_json_response
from crm.api.problems import ApiProblem, build_invalid_problem
from crm.models import Change
from crm.records.history.verb_execution import carry_out
from crm.work.activities.verbs import AddActivity, DeleteActivity, EditActivity, carry_out_on_activity
from crm.work.models.activity import LONGEST_TEXT, Activity
from leads.api.connect.connect_leads import ConnectView
from leads.api.connect.field_parsing import ConnectFields, clean_fields
from leads.api.lead_writing import API, get_changeable_lead, get_visible_lead
from leads.models import Lead

# A note is a part of its lead, so writing one needs the right to change leads.
ACTIONS = {"GET": "get", "HEAD": "get", "POST": "put", "PUT": "put", "DELETE": "put"}
MOST_LISTED = 1_000


class ConnectNote(ConnectFields):
    """A note on a lead. rel_type is always lead."""

    rel_type = serializers.CharField(label="Related Type", max_length=40)
    rel_id = serializers.IntegerField(label="Related ID", min_value=1)
    description = serializers.CharField(label="Description", max_length=LONGEST_TEXT)


def build_note_json(note: Activity) -> dict[str, Any]:
    """All texts, as the original's table of notes has them."""
    return {
        "id": str(note.pk),
        "rel_id": str(note.record),
        "rel_type": note.of,
        "description": note.text,
        "date_contacted": None,
        "addedfrom": str(note.created_by_id or 0),
        "dateadded": timezone.localtime(note.at).strftime("%Y-%m-%d %H:%M:%S"),
    }


class OfNotes:
    """What the views share."""

    resource = "leads"
    actions = ACTIONS

    def get_known_fields(self):
        return ConnectNote().fields


class NewNote(OfNotes, ConnectView):
    http_method_names = ["post"]

    def post(self, request):
        data = clean_fields(ConnectNote, self.sent_fields, partial=False)
        if data["rel_type"] != Lead.table:
            raise build_invalid_problem(rel_type="Notes can only be added to leads: send lead.")
        lead = get_changeable_lead(self.user, data["rel_id"])
        verb = AddActivity(self.user, Activity.Type.NOTE, data["description"])
        rows = Lead.objects.present().changeable_by(self.user).filter(pk=lead.pk)
        record = carry_out(verb, rows, by=self.user, channel=API).operation
        if record is None:
            # The lead was deleted after it was found and before it was locked.
            raise ApiProblem(404, "not_found")
        note = Change.objects.of_operation_and_parts(record, Activity.table).get()
        return build_json_response({"status": True, "message": "Note add successful.", "record_id": note.row})


class NotesOfLead(OfNotes, ConnectView):
    http_method_names = ["get", "head"]

    def get(self, request, pk):
        lead = get_visible_lead(self.user, self.parse_id(pk))
        found = [
            build_note_json(note)
            for note in lead_notes_queryset(self.user, lead.pk).newest_first()[:MOST_LISTED]
        ]
        if not found:
            raise ApiProblem(404, "not_found")
        return build_json_response(found)


class OneNote(OfNotes, ConnectView):
    def get(self, request, pk):
        return build_json_response(build_note_json(self.get_note(pk)))

    def put(self, request, pk):
        note, data = self.get_note(pk), clean_fields(ConnectNote, self.get_body(), partial=True)
        self.check_own(note)
        if "description" in data:
            carry_out_on_activity(
                EditActivity(note.type, {"text": data["description"]}), note, by=self.user, channel=API
            )
        return build_json_response({"status": True, "message": "Note Update Successful."})

    def delete(self, request, pk):
        note = self.get_note(pk)
        self.check_own(note)
        carry_out_on_activity(DeleteActivity(note.type), note, by=self.user, channel=API)
        return build_json_response({"status": True, "message": "Note Delete Successful."})

    def get_note(self, pk: str) -> Activity:
        """Raises Problem 404, also for a note on a record that isn't a lead."""
        rows = Activity.objects.present().visible_to(self.user).of_type(Activity.Type.NOTE)
        found = rows.filter(pk=self.parse_id(pk, "Note"), of=Lead.table).first()
        if found is None:
            raise ApiProblem(404, "not_found")
        return found

    def check_own(self, note: Activity) -> None:
        if not Activity.scope.may_change(note, self.user):
            raise ApiProblem(403, "forbidden", "You may see this note, but not change it.")


def lead_notes_queryset(user: User, pk: int) -> Any:
    rows = Activity.objects.present().visible_to(user)
    return rows.of_record(Lead.table, pk).of_type(Activity.Type.NOTE)
