"""The documentation of the CRM Connect dialect for statuses, sources, custom fields and notes."""

from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.openapi_parts import IDEMPOTENT, shape, text
from leads.api.connect import custom_field_list, notes, statuses_and_sources
from leads.api.connect.lead_documentation import ADDED, DONE, call

STATUS = shape(
    "ConnectStatusRow",
    id=text(),
    name=text(),
    statusorder=text(),
    color=text(),
    isdefault=text(),
    next_statuses=serializers.ListField(
        child=text(), help_text="The ids of the statuses that a lead can move to from here. Empty if to any."
    ),
)
SOURCE = shape("ConnectSourceRow", id=text(), name=text())
NOTE = shape(
    "ConnectNoteRow",
    id=text(),
    rel_id=text(),
    rel_type=text(),
    description=text(),
    date_contacted=text(allow_null=True),
    addedfrom=text(),
    dateadded=text(),
)
FIELD = shape(
    "ConnectCustomFieldRow",
    field_name=text(),
    custom_field_id=text(),
    label=text(),
    required=text(),
    type=text(),
    value=text(),
    options=text(required=False),
)


extend_schema_view(
    get=call(
        "List custom fields",
        FIELD(many=True),
        name="connect_custom_fields",
        words="Returns the custom fields of leads. A field with options has them as a JSON list in a text.",
    )
)(custom_field_list.CustomFields)
extend_schema_view(
    get=call(
        "Get the custom fields of a lead",
        FIELD(many=True),
        name="connect_custom_values",
        errors=[404],
        words="Returns the custom fields with the values of one lead. With options, value is a JSON list too.",
    )
)(custom_field_list.CustomFieldsOfLead)
extend_schema_view(
    get=call(
        "List statuses",
        STATUS(many=True),
        name="connect_statuses",
        errors=[404],
        words="Returns the statuses of leads in their order.",
    ),
    post=call(
        "Add a status",
        ADDED,
        name="connect_status_add",
        words="Adds a status. kind says how Leadwell treats leads in it; the default is contacted.",
        sends=statuses_and_sources.ConnectStatus,
        parameters=[IDEMPOTENT],
        example={"name": "Waiting", "color": "#7cb342"},
    ),
)(statuses_and_sources.Statuses)
extend_schema_view(
    get=call(
        "Get a status", STATUS, name="connect_status", errors=[404], words="Returns one status by its id."
    ),
    put=call(
        "Change a status",
        DONE,
        name="connect_status_change",
        words="Changes the fields that you send and no others.",
        sends=statuses_and_sources.ConnectStatus(partial=True),
        errors=[404, 406],
        example={"name": "Waits"},
    ),
    delete=call(
        "Delete a status",
        DONE,
        name="",
        errors=[404],
        words="Retires the status. If leads have it, the answer is 409 and nothing changes.",
    ),
)(statuses_and_sources.OneStatus)
extend_schema_view(
    get=call(
        "List sources",
        SOURCE(many=True),
        name="connect_sources",
        errors=[404],
        words="Returns the sources of leads by name.",
    ),
    post=call(
        "Add a source",
        ADDED,
        name="connect_source_add",
        words="Adds a source.",
        sends=statuses_and_sources.ConnectSource,
        parameters=[IDEMPOTENT],
        example={"name": "Google"},
    ),
)(statuses_and_sources.Sources)
extend_schema_view(
    get=call(
        "Get a source", SOURCE, name="connect_source", errors=[404], words="Returns one source by its id."
    ),
    put=call(
        "Change a source",
        DONE,
        name="connect_source_change",
        words="Changes the fields that you send and no others.",
        sends=statuses_and_sources.ConnectSource(partial=True),
        errors=[404, 406],
        example={"name": "Google Ads"},
    ),
    delete=call(
        "Delete a source",
        DONE,
        name="",
        errors=[404],
        words="Retires the source. If leads have it, the answer is 409 and nothing changes.",
    ),
)(statuses_and_sources.OneSource)
extend_schema_view(
    post=call(
        "Add a note",
        ADDED,
        name="connect_note_add",
        words="Adds a note to a lead. Its text is Markdown. The answer has the id of the note in record_id.",
        sends=notes.ConnectNote,
        parameters=[IDEMPOTENT],
        errors=[404],
        example={"rel_type": "lead", "rel_id": 17, "description": "Wants a call in May."},
    ),
)(notes.NewNote)
extend_schema_view(
    get=call(
        "List the notes of a lead",
        NOTE(many=True),
        name="connect_notes",
        errors=[404],
        words="Returns the newest 1,000 notes of a lead, newest first. If there are none, the answer is 404.",
    )
)(notes.NotesOfLead)
extend_schema_view(
    get=call("Get a note", NOTE, name="connect_note", errors=[404], words="Returns one note by its id."),
    put=call(
        "Change a note",
        DONE,
        name="connect_note_change",
        words="Changes the text of a note. Users can change their own notes.",
        sends=notes.ConnectNote(partial=True),
        errors=[404, 406],
        example={"description": "Wants a call in June."},
    ),
    delete=call(
        "Delete a note",
        DONE,
        name="connect_note_delete",
        errors=[404],
        words="Deletes a note. People can undo that.",
    ),
)(notes.OneNote)
