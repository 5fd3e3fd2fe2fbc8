"""API v2: what has changed since a program last asked, for keeping a copy of records, activities or tasks."""

import json
from typing import Any, ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.core.signing import BadSignature, Signer
from django.http import HttpResponse
from django.utils.functional import cached_property

from crm.api.call_parameters import parse_number_parameter
from crm.api.problems import ApiProblem
from crm.api.v2.changes.feed_position import FeedPosition, parse_feed_position
from crm.api.v2.changes.feed_reading import FeedEntry, FeedSource, read_feed_page
from crm.api.v2.record_items import RecordItemView
from crm.api.v2.record_parts import get_record_parts
from crm.api.v2.records import build_record_shape
from crm.api.v2.v2_view import MOST, OwnView, format_moment
from crm.platform.database.partitioned_tables import CHANGES_TABLE
from crm.platform.sql.transaction_numbers import get_current_snapshot, get_earlier_eras
from crm.records.paging.keyset_pages import build_cursor_tie

SALT = "changes"
DAMAGED = "This cursor is damaged, or belongs to another user or list. Read the list again."
EXPIRED = {
    "restored": "The database was restored from a backup since this cursor was made. Read the list again.",
    "old": "The changes since this cursor was made aren't kept any more. Read the list again.",
    "scope": "What the user of the token may see has changed since this cursor was made. Read the list again.",
}


class ChangeFeed:
    """The view of a feed, together with OwnView. `many` is the word of the list in URLs."""

    http_method_names: ClassVar[list[str]] = ["get", "head"]
    parameters: ClassVar[tuple[str, ...]] = ("since", "limit")
    # A standby doesn't know all transactions that are open on the primary.
    reads_primary: ClassVar[bool] = True
    many: ClassVar[str]

    user: Any

    def build_source(self) -> FeedSource:
        raise NotImplementedError

    def build_texts(self, ids: list[int]) -> dict[int, str]:
        """The JSON of each of these rows, as the list has it."""
        raise NotImplementedError

    def get(self, request: Any) -> HttpResponse:
        size = parse_number_parameter("limit", request.query_params.get("limit") or str(MOST), MOST)
        since = request.query_params.get("since")
        if not since:
            return self._build_response([], FeedPosition(get_current_snapshot()), more=False)
        page = read_feed_page(self._source, self._parse_cursor(since), size)
        return self._build_response(page.entries, page.next, more=page.more)

    def _build_response(
        self, entries: list[FeedEntry], position: FeedPosition, *, more: bool
    ) -> HttpResponse:
        texts = self.build_texts([entry.id for entry in entries if entry.is_there])
        changes = ",".join(_build_entry_text(entry, texts.get(entry.id)) for entry in entries)
        cursor = Signer(salt=SALT).sign_object([*self._ties, *position.build_values()])
        body = f'{{"changes":[{changes}],"next":{json.dumps(cursor)},"more":{json.dumps(more)}}}'
        return HttpResponse(body, content_type="application/json")

    @cached_property
    def _source(self) -> FeedSource:
        return self.build_source()

    @cached_property
    def _ties(self) -> tuple[str, str]:
        """What a cursor belongs to: its user and list, and what the user sees."""
        return build_cursor_tie(self.many, self.user.pk), build_cursor_tie(self._source.listed.query)

    def _parse_cursor(self, text: str) -> FeedPosition:
        """Raises Problem 400 for a cursor that isn't one of this feed, and 410 for one that can't be followed any more."""
        try:
            owner, scope, *values = Signer(salt=SALT).unsign_object(text)
        except (BadSignature, ValueError):
            owner = ""
        own, visible = self._ties
        if owner != own:
            raise ApiProblem(400, "invalid_cursor", DAMAGED, {"since": [DAMAGED]})
        position = parse_feed_position(values)
        start = CHANGES_TABLE.get_start()
        if position.since.era <= get_earlier_eras():
            raise build_expired_problem("restored")
        if start and position.since.at < start:
            raise build_expired_problem("old")
        if scope != visible:
            raise build_expired_problem("scope")
        return position


def build_expired_problem(reason: str) -> ApiProblem:
    return ApiProblem(410, "cursor_expired", EXPIRED[reason], {"since": [EXPIRED[reason]]})


def _build_entry_text(entry: FeedEntry, record: str | None) -> str:
    """Without the record if it went away after the page was read."""
    start = {"id": entry.id, "change": entry.word, "at": format_moment(entry.at), "into": entry.into}
    return f'{json.dumps(start)[:-1]}, "record": {record or "null"}}}'


class RecordChanges(ChangeFeed, OwnView):
    """Those of the records of one kind."""

    def build_source(self) -> FeedSource:
        model = self.kind.model
        followed = [part.recorded_in for part in get_record_parts(self.kind).values() if part.recorded_in]
        parts = {rows.table: (rows, column) for rows, column in followed}
        return FeedSource(model, self.user, model.objects.present().visible_to(self.user), parts)

    def build_texts(self, ids: list[int]) -> dict[int, str]:
        if not ids:
            return {}
        json_text = build_record_shape(self.kind, self.user).build_expression()
        rows = self.kind.model.objects.filter(pk__any=ids).annotate(json=json_text)
        return dict(rows.values_list("pk", "json"))


class ItemChanges(RecordItemView, ChangeFeed):
    """Those of what belongs to records, such as activities."""

    def build_source(self) -> FeedSource:
        return FeedSource(self.model, self.user, self.model.objects.listed_for(self.user))

    def build_texts(self, ids: list[int]) -> dict[int, str]:
        rows = self.model.objects.filter(pk__any=ids) if ids else ()
        return {row.pk: json.dumps(self.build_item_json(row), cls=DjangoJSONEncoder) for row in rows}
