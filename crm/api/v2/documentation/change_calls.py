"""The documentation of the calls that say what has changed."""

from typing import Any

from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.openapi_parts import (
    build_number_field,
    build_response_serializer,
    build_text_field,
    document_query_parameter,
)
from crm.api.v2.changes.feed_reading import WORDS
from crm.api.v2.documentation.call_parts import call
from crm.api.v2.v2_view import MOST

SINCE = document_query_parameter(
    "since",
    words="The next of the last answer. Without it, the answer has no changes, and a next to begin with.",
)
LIMIT = document_query_parameter(
    "limit",
    {"type": "integer", "minimum": 1, "maximum": MOST},
    f"How many changes to return at most, 1 to {MOST}. Default: {MOST}.",
)
CHANGE = (
    "added, changed or restored: record is how it is now. deleted: it is in Trash or deleted permanently. merged: into is the id of the "
    "record that it was merged into. hidden: the user of the token can't see it any more."
)


def document_changes(view: Any, *, many: str, shown: type[serializers.Serializer]) -> None:
    """`many` is the word of the list in URLs, `shown` a row in its answers."""
    title = many.title()
    entry = build_response_serializer(
        f"ChangeIn{title}",
        id=build_number_field(),
        change=serializers.ChoiceField(WORDS, help_text=CHANGE),
        at=serializers.DateTimeField(help_text="When it was changed."),
        into=build_number_field(allow_null=True, help_text="Only for merged."),
        record=shown(allow_null=True, help_text="As it is now; null if it is gone."),
    )
    extend_schema_view(
        get=call(
            f"List changes of {many}",
            build_response_serializer(
                f"ChangesOf{title}",
                changes=entry(many=True),
                next=build_text_field(help_text="Send it as since to get the changes after these."),
                more=serializers.BooleanField(
                    help_text="true if there are more changes already: ask again at once."
                ),
            ),
            name=f"list_changes_in_{many}",
            parameters=[SINCE, LIMIT],
            errors=[410],
            words=(
                f"Returns the {many} that were added, changed or deleted since the last call, each one once, so a program can keep a "
                f"copy. Begin without since, read the list, and then ask for the changes with next. Nothing is missing or sent twice, "
                f"also while others write. If the answer is 410, the cursor is too old, or other {many} can be seen by now: read the list "
                f"again."
            ),
        )
    )(view)
