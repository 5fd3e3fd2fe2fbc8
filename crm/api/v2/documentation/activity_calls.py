"""The documentation of API v2's calls on activities and tasks."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema_view
from rest_framework import serializers

from crm.api.openapi_parts import (
    IDEMPOTENT,
    build_number_field,
    build_response_serializer,
    build_text_field,
    document_query_parameter,
)
from crm.api.v2 import activities, tasks
from crm.api.v2.documentation.field_schemas import DAY
from crm.api.v2.documentation.record_calls import (
    DELETED,
    WRITTEN,
    call,
    document_limit_parameter,
    etag_header,
    if_match,
)
from crm.models import Activity, Task
from crm.records.kinds.kind_registry import KINDS
from crm.records.paging.index_walk import ROWS_A_PAGE
from crm.work.models.activity import LONGEST_TEXT, MOST_MINUTES
from crm.work.models.task import LONGEST_TITLE

USER = "Id of a user; null for none."
OUTCOMES = ", ".join(Activity.Outcome.values)
DELIVERIES = ", ".join(Activity.Delivery.values)
PLANNED = Activity.Plan.PLANNED.value
REPEATS = f"{', '.join(value for value in Task.Repeat.values if value)}; empty if it doesn't repeat."
OF = {
    "of": build_text_field(help_text=f"The type of the record it belongs to: {', '.join(KINDS)}."),
    "record": build_number_field(help_text="The id of that record."),
}
TIMES = {"created_at": serializers.DateTimeField(), "updated_at": serializers.DateTimeField()}


def own_filters(types: Any, whose: str) -> list[OpenApiParameter]:
    """The filters that both lists have."""
    return [
        document_query_parameter("of", words="Those of records of this type.", enum=[*KINDS]),
        document_query_parameter(
            "record", int, "Those of the record with this id. Send of together with it."
        ),
        document_query_parameter("type", words="Those of this type.", enum=types.values),
        document_query_parameter(
            "user", words=f"{whose}: the id of a user; me for the user of the token, or none."
        ),
        document_query_parameter(
            "since",
            OpenApiTypes.DATETIME,
            "Those that were added or changed at this time or later, in the order of their last change: the first of them "
            "comes first.",
        ),
    ]


def document(
    listing: Any, one: Any, *, shown: Any, new: Any, changes: Any, filters: list[OpenApiParameter], words: str
) -> None:
    """Both views of one table. `words` say what is special about changing a row."""
    name, many = listing.one, listing.many
    article = "an" if name[0] in "aeiou" else "a"
    extend_schema_view(
        get=call(
            f"List {many}",
            build_response_serializer(
                f"Own{many.title()}", **{many: shown(many=True), "next": build_text_field(allow_null=True)}
            ),
            name=f"own_{many}",
            parameters=[
                document_limit_parameter(),
                document_query_parameter(
                    "after", words="The next of the page before. Leave it out for the first page."
                ),
                *filters,
            ],
            errors=[422],
            words=(
                f"Returns the {many} of the records that the user of the token can see, the newest first. Those of records in "
                f"Trash aren't included. Follow next until it is null: a page can have fewer {many} than limit, or none, and "
                f"still have a next one, because a call looks through at most {ROWS_A_PAGE:,} rows."
            ),
        ),
        post=call(
            f"Add {article} {name}",
            WRITTEN,
            name=f"own_{name}_add",
            sends=new,
            made=True,
            errors=[404],
            parameters=[IDEMPOTENT, etag_header()],
            words=(
                f"Adds one {name} to a record that the user of the token can change. A record that this user can't see is not "
                f"found."
            ),
        ),
    )(listing)
    extend_schema_view(
        get=call(
            f"Get {article} {name}",
            shown,
            name=f"own_{name}",
            parameters=[etag_header()],
            errors=[404, 422],
            words=f"Returns one {name}. Its version is in the body and in the header ETag.",
        ),
        patch=call(
            f"Change {article} {name}",
            WRITTEN,
            name=f"own_{name}_change",
            sends=changes,
            parameters=[if_match(), etag_header()],
            errors=[404, 412],
            words=f"Changes the fields that you send and no others. {words}",
        ),
        delete=call(
            f"Delete {article} {name}",
            DELETED,
            name=f"own_{name}_delete",
            parameters=[if_match()],
            errors=[404, 412, 422],
            words=f"Deletes the {name}. Undo the operation to bring it back.",
        ),
    )(one)


TEXT = {"required": False, "allow_blank": True, "allow_null": True}
ACTIVITY = {
    "text": build_text_field(max_length=LONGEST_TEXT, help_text="In Markdown. A note needs one.", **TEXT),
    "outcome": build_text_field(
        help_text=f"How a call went: {OUTCOMES}. Only calls have one, and they need it.", **TEXT
    ),
    "at": serializers.DateTimeField(
        required=False,
        allow_null=True,
        help_text="When it happened, with a time zone. Now if you don't send it. Only a meeting can be in the future: it is planned. "
        "If people are invited to it, they are sent a new time.",
    ),
    "minutes": serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=0,
        max_value=MOST_MINUTES,
        help_text="How long a call or a meeting took.",
    ),
}
document(
    activities.Activities,
    activities.OneActivity,
    shown=build_response_serializer(
        "OwnActivity",
        id=build_number_field(),
        version=build_number_field(),
        **OF,
        type=serializers.ChoiceField(Activity.Type.choices),
        text=build_text_field(help_text="Markdown."),
        outcome=build_text_field(
            help_text=f"How a call went: {OUTCOMES}. How far an email got: {DELIVERIES}. {PLANNED} for a meeting until it is over. "
            "Otherwise empty."
        ),
        direction=build_text_field(
            help_text="incoming or outgoing for a call that a phone system has logged, else empty."
        ),
        at=serializers.DateTimeField(help_text="When it happened."),
        minutes=build_number_field(allow_null=True),
        pinned=serializers.BooleanField(help_text="true if it is above the timeline."),
        user=build_number_field(allow_null=True, help_text=f"The author. {USER}"),
        **TIMES,
        url=build_text_field(),
    ),
    new=build_response_serializer(
        "OwnActivityFields",
        **OF,
        type=build_text_field(
            required=False,
            help_text=f"{', '.join(activities.NEW)}; note is the default. It can't be changed later.",
        ),
        **ACTIVITY,
    ),
    changes=build_response_serializer(
        "OwnActivityChange", **ACTIVITY, pinned=serializers.BooleanField(required=False)
    ),
    filters=[
        *own_filters(Activity.Type, "By author"),
        document_query_parameter(
            "q",
            words="Words to search for, or their beginnings: those whose text has all of them. The token needs the right to search "
            "activities.",
        ),
    ],
    words="Users change their own activities; changing those of others needs a permission.",
)

TASK = {
    "title": build_text_field(required=False, max_length=LONGEST_TITLE, help_text="What is to be done."),
    "type": serializers.ChoiceField(Task.Type.choices, required=False),
    "priority": serializers.ChoiceField(Task.Priority.choices, required=False),
    "description": build_text_field(max_length=LONGEST_TEXT, **TEXT),
    "due_on": serializers.DateField(required=False, allow_null=True, help_text=DAY),
    "due_time": build_text_field(
        help_text="A time such as 14:30 in the time zone of the user it is for, or null. It needs due_on.",
        **TEXT,
    ),
    "user": build_number_field(
        required=False,
        allow_null=True,
        help_text=f"Whom it is for. {USER} For another user, the task stays due at the same moment, on their clock, "
        "unless due_on or due_time changes too.",
    ),
    "repeat": build_text_field(help_text=f"{REPEATS} The next one is added when it is completed.", **TEXT),
}
document(
    tasks.Tasks,
    tasks.OneTask,
    shown=build_response_serializer(
        "OwnTask",
        id=build_number_field(),
        version=build_number_field(),
        **OF,
        title=build_text_field(),
        type=serializers.ChoiceField(Task.Type.choices),
        priority=serializers.ChoiceField(Task.Priority.choices),
        description=build_text_field(),
        due_on=serializers.DateField(allow_null=True),
        due_time=build_text_field(
            allow_null=True, help_text="In the time zone of the user it is for. null if it is due all day."
        ),
        user=build_number_field(allow_null=True, help_text=f"Whom it is for. {USER}"),
        repeat=build_text_field(help_text=REPEATS),
        done=serializers.BooleanField(),
        done_at=serializers.DateTimeField(allow_null=True),
        done_by=build_number_field(allow_null=True, help_text=USER),
        created_by=build_number_field(allow_null=True, help_text=USER),
        **TIMES,
        url=build_text_field(),
    ),
    new=build_response_serializer("OwnTaskFields", **OF, **TASK),
    changes=build_response_serializer(
        "OwnTaskChange",
        **TASK,
        done=serializers.BooleanField(
            required=False, help_text="true completes the task, false opens it again."
        ),
    ),
    filters=[
        *own_filters(Task.Type, "By the user they are for"),
        document_query_parameter(
            "done", words="yes for completed tasks, no for open ones.", enum=["yes", "no"]
        ),
    ],
    words=(
        "Users change the tasks of records that they can change, and the tasks that are for them. A task can only be for a "
        "user who sees its record."
    ),
)
