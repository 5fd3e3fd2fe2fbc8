"""API v2: what has changed since a program last asked, for keeping a copy of records, activities or tasks."""

import json
from typing import Any, ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.core.signing import BadSignature, Signer
from django.http import HttpResponse
from django.utils.functional import cached_property

from crm.api.call_parameters import parse_number_parameter
from crm.api.json_rows import get_json_texts_by_id
from crm.api.problems import ApiProblem
from crm.api.v2.changes.feed_position import FeedPosition, parse_feed_position
from crm.api.v2.changes.feed_reading import FeedEntry, FeedPage, FeedSource, read_feed_page
from crm.api.v2.record_items import RecordItemView
from crm.api.v2.record_parts import get_record_parts
from crm.api.v2.records import build_record_shape
from crm.api.v2.v2_view import MOST, OwnView
from crm.platform.database.partitioned_tables import CHANGES_TABLE
from crm.platform.sql.transaction_numbers import TransactionSnapshot, get_current_snapshot
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

    def get(self, request: Any) -> HttpResponse:
        size = parse_number_parameter("limit", request.query_params.get("limit") or str(MOST), MOST)
        since, now = request.query_params.get("since"), get_current_snapshot()
        page = (
            read_feed_page(self._source, self._parse_cursor(since, now), now, size)
            if since
            else FeedPage([], FeedPosition(now), more=False)
        )
        changes = ",".join(_build_entry_text(entry, page.texts) for entry in page.entries)
        cursor = Signer(salt=SALT).sign_object([*self._ties, *page.next.build_values()])
        body = f'{{"changes":[{changes}],"next":{json.dumps(cursor)},"more":{json.dumps(page.more)}}}'
        return HttpResponse(body, content_type="application/json")

    @cached_property
    def _source(self) -> FeedSource:
        return self.build_source()

    @cached_property
    def _ties(self) -> tuple[str, str]:
        """What a cursor belongs to: its user and list, and what the user sees."""
        listed = self._source.listed.order_by().values_list("pk")
        return build_cursor_tie(self.many, self.user.pk), build_cursor_tie(listed.query)

    def _parse_cursor(self, text: str, now: TransactionSnapshot) -> FeedPosition:
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
        if position.since.era <= now.earlier_eras:
            raise build_expired_problem("restored")
        if start and position.since.at < start:
            raise build_expired_problem("old")
        if scope != visible:
            raise build_expired_problem("scope")
        return position


def build_expired_problem(reason: str) -> ApiProblem:
    return ApiProblem(410, "cursor_expired", EXPIRED[reason], {"since": [EXPIRED[reason]]})


def _build_entry_text(entry: FeedEntry, texts: dict[int, str]) -> str:
    """Written by hand, because a page has 200. Without the record if it isn't there, or went away while the page was read."""
    record = texts.get(entry.id) if entry.is_there else None
    start = f'"id": {entry.id}, "change": "{entry.word}", "at": "{entry.at}", "into": {entry.into or "null"}'
    return f'{{{start}, "record": {record or "null"}}}'


class RecordChanges(ChangeFeed, OwnView):
    """Those of the records of one kind."""

    def build_source(self) -> FeedSource:
        model = self.kind.model
        followed = [part.recorded_in for part in get_record_parts(self.kind).values() if part.recorded_in]
        parts = {rows.table: (rows, column) for rows, column in followed}
        listed = model.objects.present().visible_to(self.user)
        return FeedSource(model, self.user, listed, self._read_texts, parts)

    def _read_texts(self, rows: Any, ids: list[int]) -> dict[int, str]:
        return get_json_texts_by_id(rows, ids, build_record_shape(self.kind, self.user))


class ItemChanges(RecordItemView, ChangeFeed):
    """Those of what belongs to records, such as activities."""

    def build_source(self) -> FeedSource:
        return FeedSource(self.model, self.user, self.model.objects.listed_for(self.user), self._read_texts)

    def _read_texts(self, rows: Any, ids: list[int]) -> dict[int, str]:
        found = rows.filter(pk__any=ids)
        return {row.pk: json.dumps(self.build_item_json(row), cls=DjangoJSONEncoder) for row in found}
