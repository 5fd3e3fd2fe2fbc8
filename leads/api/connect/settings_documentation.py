"""The documentation of the CRM Connect dialect for statuses, sources, custom fields and notes."""

from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.openapi_parts import IDEMPOTENT, build_response_serializer, build_text_field
from leads.api.connect import custom_field_list, notes, statuses_and_sources
from leads.api.connect.lead_documentation import ADDED, DONE, call

STATUS = build_response_serializer(
    "ConnectStatusRow",
    id=build_text_field(),
    name=build_text_field(),
    statusorder=build_text_field(),
    color=build_text_field(),
    isdefault=build_text_field(),
    next_statuses=serializers.ListField(
        child=build_text_field(),
        help_text="The ids of the statuses that a lead can move to from here. Empty if to any.",
    ),
)
SOURCE = build_response_serializer("ConnectSourceRow", id=build_text_field(), name=build_text_field())
NOTE = build_response_serializer(
    "ConnectNoteRow",
    id=build_text_field(),
    rel_id=build_text_field(),
    rel_type=build_text_field(),
    description=build_text_field(),
    date_contacted=build_text_field(allow_null=True),
    addedfrom=build_text_field(),
    dateadded=build_text_field(),
)
FIELD = build_response_serializer(
    "ConnectCustomFieldRow",
    field_name=build_text_field(),
    custom_field_id=build_text_field(),
    label=build_text_field(),
    required=build_text_field(),
    type=build_text_field(),
    value=build_text_field(),
    options=build_text_field(required=False),
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
        words=f"Returns the newest {notes.MOST_LISTED:,} notes of a lead, newest first. If there are none, the answer is 404.",
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
