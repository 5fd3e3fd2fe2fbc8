"""API v2 on what belongs to records of every type, such as activities and tasks: pages of them, and reading and writing
single ones."""

from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpResponse
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware
from rest_framework import serializers

from crm.api.api_view import ACTIONS_BY_METHOD, build_json_response
from crm.api.call_parameters import parse_number_parameter, parse_url_number
from crm.api.problems import ApiProblem, build_invalid_problem
from crm.api.v2.etags import build_etag, check_version
from crm.api.v2.form_values import flatten_sent_values, refuse_wrong_types
from crm.api.v2.record_writing import READ_ONLY, refuse_errors
from crm.api.v2.v2_view import AT_FIRST, MOST, Fields, refuse_unknown_parameters
from crm.models import Change
from crm.platform.web.transactions import SAFE_METHODS
from crm.records.history.jobs import build_query_dict
from crm.records.history.merged_records import find_present_survivor
from crm.records.history.verb_execution import Outcome
from crm.records.kinds.kind_registry import KINDS, Kind
from crm.records.kinds.reasons import get_reason_sentence
from crm.records.paging.index_walk import ADDED, CHANGED, ROWS_A_PAGE, Walk
from crm.records.paging.keyset_pages import KeysetPosition, build_cursor_tie, parse_cursor

NUMBER = {"min_value": 1, "max_value": 2**63 - 1}
ME, NO_ONE = "me", "none"
RECORD_TYPE = f"The type of the record it belongs to: {', '.join(KINDS)}."
RECORD_ID = "The id of that record."


def build_user_filter_field(whose: str) -> serializers.CharField:
    words = f"{whose}: the id of a user; {ME} for the user of the token, or {NO_ONE}."
    return serializers.CharField(required=False, max_length=20, help_text=words)


def build_type_filter_field(types: Any) -> serializers.ChoiceField:
    return serializers.ChoiceField(types.choices, required=False, help_text="Those of this type.")


def check_known_kind(name: str) -> None:
    if name not in KINDS:
        raise serializers.ValidationError(f"Send one of these: {', '.join(KINDS)}.")


class OfRecord(Fields):
    """The record that something belongs to."""

    of = serializers.CharField(validators=[check_known_kind], help_text=RECORD_TYPE)
    record = serializers.IntegerField(**NUMBER, help_text=RECORD_ID)


class Filters(Fields):
    """The filters that all lists of belongings have; empty ones were dropped."""

    of = serializers.CharField(
        required=False, validators=[check_known_kind], help_text="Those of records of this type."
    )
    record = serializers.IntegerField(
        required=False, **NUMBER, help_text="Those of the record with this id. Send of together with it."
    )
    since = serializers.DateTimeField(
        required=False,
        help_text="Those that were added or changed at this time or later, in the order of their last change: the first of them "
        "comes first.",
    )

    def validate(self, asked: dict[str, Any]) -> dict[str, Any]:
        if "record" in asked and "of" not in asked:
            raise serializers.ValidationError({"of": "Send of together with record, such as of=lead."})
        return asked

    def validate_user(self, text: str) -> str:
        if text not in (ME, NO_ONE) and not parse_url_number(text):
            raise serializers.ValidationError("Send the id of a user, me, or none.")
        return text


class RecordItemView:
    """What the views of one table share. `one` and `many` are its words, and `many` is the key of its list; `row` is a row in a
    response, `written` are the fields that a program can write."""

    model: ClassVar[Any]
    one: ClassVar[str]
    many: ClassVar[str]
    row: ClassVar[type[serializers.Serializer]]
    written: ClassVar[tuple[str, ...]]

    user: Any
    sent_fields: Any
    require_right: Any
    headers: dict[str, str]

    def build_item_json(self, row: Any) -> dict[str, Any]:
        raise NotImplementedError

    def build_version_response(self, pk: int, status: int = 200) -> HttpResponse:
        """The ID and the new version, but not the fields: the token may be write-only."""
        version = self.model.objects.values_list("version", flat=True).get(pk=pk)
        self.headers["ETag"] = build_etag(version)
        return build_json_response({"id": pk, "version": version}, status)


class RecordItemListView(RecordItemView):
    """The view of a list, together with OwnView."""

    http_method_names = ["get", "head", "post"]
    filters: ClassVar[type[Filters]]

    def get_known_parameters(self, method: str):
        return ["limit", "after", *self.filters().fields] if method in SAFE_METHODS else ()

    def get(self, request: Any) -> HttpResponse:
        data = {name: value for name, value in request.query_params.items() if value}
        size = parse_number_parameter("limit", data.pop("limit", str(AT_FIRST)), MOST)
        after = data.pop("after", "")
        walk = self.build_walk(self.filters.read(data))
        tied_to = build_cursor_tie(self.many, urlencode(sorted(data.items())), self.user.pk)
        ids, place = walk.read_page(size, parse_page_cursor(after, tied_to, walk.order))
        found = {row.pk: row for row in self.model.objects.filter(pk__any=ids)}
        following = place.build_cursor(tied_to) if place else None
        return build_json_response(
            {self.many: [self.build_item_json(found[pk]) for pk in ids], "next": following}
        )

    def build_walk(self, asked: dict[str, Any]) -> Walk:
        """What the call asks for, as far as its user sees it."""
        rows = self.filter_by_index(self.model.objects.present(), asked)
        if "record" in asked:
            rows = rows.of_record(asked["of"], asked["record"])
        if "since" in asked:
            rows = rows.changed_since(asked["since"])
        judged = self.model.scope.build_listed_condition(self.user) & self.build_filter_condition(asked)
        if "of" in asked:
            judged &= Q(of=asked["of"])
        return Walk(rows, judged, CHANGED if "since" in asked else ADDED, most=ROWS_A_PAGE)

    def filter_by_index(self, rows: Any, asked: dict[str, Any]) -> Any:
        """The rows that an index finds for the filters of this table."""
        return rows

    def build_filter_condition(self, asked: dict[str, Any]) -> Q:
        """The other filters of this table."""
        return Q(**{name: asked[name] for name in ("type",) if name in asked})

    def get_asked_user(self, asked: dict[str, Any]) -> int | None:
        return {ME: self.user.pk, NO_ONE: None}.get(asked["user"], parse_url_number(asked["user"]))

    def post(self, request: Any) -> HttpResponse:
        sent = dict(self.sent_fields)
        refuse_unknown_parameters(sent, [*OfRecord().fields, *self.written])
        named = OfRecord.read({name: sent.pop(name) for name in OfRecord().fields if name in sent})
        kind, record = self.get_kind_and_record(KINDS[named["of"]], named["record"])
        outcome = self.add_item(kind, record, sent)
        raise_if_refused(outcome, kind)
        if outcome.operation is None:
            # The record was deleted after it was found and before it was locked.
            raise ApiProblem(404, "not_found")
        pk = Change.objects.of_operation_and_parts(outcome.operation, self.model.table).get().row
        self.headers["Location"] = f"{request.path}/{pk}"
        return self.build_version_response(pk, 201)

    def get_kind_and_record(self, kind: Kind, pk: int) -> tuple[Kind, Any]:
        """A record that the user may change. Raises Problem 404, or 403 for one that they only see."""
        present: Any = kind.model.objects.present()
        seen = present.visible_to(self.user) if self.user.has_perm(kind.get_right("view")) else present.none()
        record = seen.filter(pk=pk).first()
        if (
            record is None
            and self.user.has_perm(kind.get_right("view"))
            and (into := find_present_survivor(kind, self.user, pk))
        ):
            pk, record = into, seen.filter(pk=into).first()
        if record is None:
            raise ApiProblem(
                404, "not_found", "This record doesn't exist, or the user of the token can't see it."
            )
        changeable = present.changeable_by(self.user).filter(pk=pk)
        if not self.user.has_perm(kind.get_right("change")) or not changeable.exists():
            raise ApiProblem(403, "forbidden", f"You can see this {kind.words.one}, but you can't change it.")
        return kind, record

    def add_item(self, kind: Kind, record: Any, sent: dict[str, Any]) -> Outcome:
        raise NotImplementedError


class OneRecordItemView(RecordItemView):
    """The view of one row, together with OwnView."""

    http_method_names: ClassVar[list[str]] = ["get", "head", "patch", "delete"]
    actions: ClassVar[dict[str, str]] = ACTIONS_BY_METHOD | {"PATCH": "put"}

    def get(self, request: Any, pk: str) -> HttpResponse:
        row = self.get_item_or_404(parse_url_number(pk) or 0)
        self.headers["ETag"] = build_etag(row.version)
        return build_json_response(self.build_item_json(row))

    def patch(self, request: Any, pk: str) -> HttpResponse:
        row, sent = self.lock_at_expected_version(request, pk), dict(self.sent_fields)
        shown = self.row().fields
        if read_only := [name for name in sent if name in shown and name not in self.written]:
            raise build_invalid_problem(**dict.fromkeys(read_only, READ_ONLY))
        refuse_unknown_parameters(sent, self.written)
        self.change(row, sent)
        return self.build_version_response(row.pk)

    def delete(self, request: Any, pk: str) -> HttpResponse:
        self.remove(self.lock_at_expected_version(request, pk))
        return build_json_response({"deleted": True})

    def get_item_or_404(self, pk: int) -> Any:
        """Raises Problem 404, also if its record is in Trash."""
        row = self.model.objects.listed_for(self.user).filter(pk=pk).first()
        if row is None:
            raise ApiProblem(404, "not_found")
        return row

    def lock_at_expected_version(self, request: Any, pk: str) -> Any:
        """The row, locked, at the version that the call expects. Raises Problem 404, 403 or 412."""
        wanted = parse_url_number(pk) or 0
        self.lock(wanted)
        row = self.get_item_or_404(wanted)
        if not self.model.scope.may_change(row, self.user):
            raise self.build_unchangeable_problem()
        check_version(request, row.version)
        return row

    def build_unchangeable_problem(self) -> ApiProblem:
        return ApiProblem(403, "forbidden", f"You can see this {self.one}, but you can't change it.")

    def lock(self, pk: int) -> None:
        self.model.objects.present().changeable_by(self.user).lock_one(pk)

    def change(self, row: Any, sent: dict[str, Any]) -> None:
        raise NotImplementedError

    def remove(self, row: Any) -> None:
        raise NotImplementedError


def parse_page_cursor(cursor: str, tied_to: str, order: str) -> KeysetPosition | None:
    """Where a page begins. Raises Problem 400 for a cursor of another list."""
    if not cursor:
        return None
    place = parse_cursor(cursor, tied_to)
    if place is None or place.segment != order:
        raise ApiProblem(
            400,
            "invalid_cursor",
            "This cursor is damaged, or belongs to another user or filter. Start again without after.",
            {"after": ["Send the next of the page before, with the same filter."]},
        )
    return place


def raise_if_refused(outcome: Outcome, kind: Kind | None = None) -> None:
    """Raises Problem 422 if the verb refused it, such as a task for a user who doesn't see the record."""
    for code in outcome.refused:
        raise build_invalid_problem(
            **{"user" if code.startswith("user_") else "__all__": get_reason_sentence(code, kind)}
        )


def fill_valid_form(form: Any, sent: dict[str, Any], make: Any, before: dict[str, Any]) -> Any:
    """The form with what was sent and else with the values `before`, valid. `form` is empty, `make` takes the data. Raises
    Problem 422."""
    refuse_wrong_types(form, sent)
    filled = make(build_query_dict(flatten_sent_values(before) | flatten_sent_values(sent)))
    refuse_errors(filled, sent)
    return filled


def check_moment(sent: dict[str, Any], name: str) -> None:
    """Raises Problem 422 for a time without a time zone."""
    value = sent.get(name)
    found = _parse_datetime(value) if isinstance(value, str) else None
    if value and not (found and is_aware(found)):
        raise build_invalid_problem(**{name: "Send a time with its time zone, such as 2026-05-31T08:38:04Z."})


def _parse_datetime(text: str) -> datetime | None:
    try:
        return parse_datetime(text)
    except ValueError:
        return None
