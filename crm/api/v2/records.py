"""API v2 on one kind of record: cursor pages with the filters of the list, and reading and writing single records."""

import json
from collections.abc import Collection, Iterable
from typing import Any

from django.http import HttpResponse, QueryDict

from crm.api import json_rows
from crm.api.api_view import ACTIONS_BY_METHOD, build_json_response
from crm.api.call_parameters import parse_number_parameter, parse_url_number
from crm.api.problems import ApiProblem, build_invalid_problem
from crm.api.v2 import record_writing
from crm.api.v2.custom_fields import CUSTOM_FIELDS_KEY
from crm.api.v2.etags import build_etag, check_version, does_program_have
from crm.api.v2.expansion.expanded_links import expand_shape
from crm.api.v2.field_selection import select_asked_fields
from crm.api.v2.record_parts import build_part_lists
from crm.api.v2.saved_views.applied_view import VIEW, apply_saved_view
from crm.api.v2.v2_view import AT_FIRST, MOST, OWN_PREFIX, OwnView, get_unknown_parameter_errors
from crm.fields.conditions.field_filters import FROM, TO
from crm.fields.custom.values.json_values import values_sql
from crm.fields.custom.values.stored_values import annotate_all_values, attach_custom_values
from crm.fields.types.field_type import get_field_type
from crm.platform.audit.viewing_entries import write_out_of_reach_entry
from crm.platform.web.request_cache import cache_reads
from crm.platform.web.transactions import SAFE_METHODS, get_values_read_with_user
from crm.records.history.merged_records import find_present_survivor
from crm.records.kinds.kind_registry import Kind
from crm.records.listing.record_list import RecordList
from crm.records.listing.url_parameters import filter_parameters, get_list_parameters
from crm.records.paging.sorts import CHANGED

NARROWING = ("q", "sort", VIEW)
PAGING = ("limit", "after")
# The records by their ids, the fields that are wanted, and the links with more than an id.
SHAPING = ("ids", "fields", "expand")


def build_record_shape(kind: Kind, user: Any) -> json_rows.JsonShape:
    """A record of this kind as JSON: the names in fields.OWN_API, each as its type or the kind defines it, its parts, and
    the custom fields that the user may see."""
    table = kind.model._meta.db_table
    columns = {}
    for name in kind.fields.OWN_API:
        if name in kind.json:
            columns[name] = kind.json[name]
        else:
            field: Any = kind.model._meta.get_field(name)
            columns[name] = get_field_type(field).json_sql(field, table)
    lists, of_lists = build_part_lists(kind, user)
    columns[CUSTOM_FIELDS_KEY], values = values_sql(kind.model, kind.get_custom_fields(user))
    return json_rows.JsonShape(columns, values | of_lists, kind.json_joins, lists)


def build_asked_shape(kind: Kind, user: Any, data: QueryDict) -> json_rows.JsonShape:
    """With the fields and the linked objects that a call asks for. Raises Problem 422."""
    shape = select_asked_fields(build_record_shape(kind, user), data.get("fields", ""))
    return expand_shape(shape, kind, user, data.get("expand", ""))


class Records(OwnView):
    http_method_names = ["get", "head", "post"]

    def get_known_parameters(self, method: str) -> Collection[str]:
        known = (*NARROWING, *PAGING, *SHAPING, *get_filter_names(self))
        return known if method in SAFE_METHODS else ()

    def get(self, request: Any) -> HttpResponse:
        data, kind = request.query_params, self.kind
        shape = build_asked_shape(kind, self.user, data)
        size = parse_number_parameter("limit", data.get("limit") or str(AT_FIRST), MOST)
        ids, following = (
            self._get_asked_ids(data)
            if data.get("ids")
            else get_cursor_page(self, data, size, also=(*PAGING, *SHAPING))
        )
        texts = json_rows.get_json_texts_by_id(kind.model.objects.all(), ids, shape)
        found = json_rows.join_json_array([texts[pk] for pk in ids if pk in texts])
        body = f'{{"{kind.urls}":{found},"next":{json.dumps(following)}}}'
        return HttpResponse(body, content_type="application/json")

    def _get_asked_ids(self, data: QueryDict) -> tuple[list[int], None]:
        """Those of the asked records that the user sees, in the order asked for. Raises Problem 422."""
        if others := [name for name in data if name not in SHAPING]:
            raise build_invalid_problem(**dict.fromkeys(others, "This can't be combined with ids."))
        texts = str(data["ids"]).split(",")
        asked = [get_id_from_url(self.kind, text.strip()) for text in texts]
        if len(asked) > MOST or not all(asked):
            raise build_invalid_problem(ids=f"Send up to {MOST} ids, separated by commas, such as 17,21.")
        seen: Any = self.kind.model.objects.present().visible_to(self.user)
        found = set(seen.filter(pk__any=asked).values_list("pk", flat=True))
        return [pk for pk in dict.fromkeys(asked) if pk in found], None

    def post(self, request: Any) -> HttpResponse:
        known = record_writing.find_known_record(self.kind, self.sent_fields, self.token, self.allows)
        if known:
            record = lock_changeable_record(self, known.pk)
            record_writing.change_record(self.kind, record, self.sent_fields, self.user, known)
        else:
            record = record_writing.add_record(self.kind, self.sent_fields, self.token)
        self.headers["Location"] = f"{request.path}/{record.pk}"
        return build_version_json(self, record.pk, 200 if known else 201)


def get_filter_names(view: OwnView) -> list[str]:
    """The API's description knows no user. The query for the token has read the state of the custom fields."""
    if not hasattr(view, "token"):
        return get_list_parameters(view.kind)
    with cache_reads(**get_values_read_with_user(view.user)):
        return filter_parameters(view.kind, view.user)


def get_cursor_page(
    view: OwnView, data: QueryDict, size: int, *, also: Iterable[str], in_trash: bool = False
) -> tuple[list[int], str | None]:
    """The records of one page, and the cursor of the next. Raises Problem 400 or 422."""
    listing = build_list_from_url(view, data, also=also, in_trash=in_trash)
    if data.get("after") and not listing.is_own_cursor(str(data["after"])):
        raise ApiProblem(
            400,
            "invalid_cursor",
            "This cursor is damaged, or belongs to another user, filter or sort. Start again without after.",
            {"after": ["Send the next of the page before, with the same filter and sort."]},
        )
    page = listing.get_page(size)
    return page.ids, page.next or None


def build_list_from_url(
    view: OwnView, data: QueryDict, *, also: Iterable[str], in_trash: bool = False
) -> RecordList:
    """The list for this URL. Raises Problem for an unknown or invalid parameter, and for a search that the token may
    not run."""
    kind = view.kind
    known = [*NARROWING, *also, *filter_parameters(kind, view.user, among=data)]
    for name in data:
        if name not in known:
            every = [*NARROWING, *also, *filter_parameters(kind, view.user)]
            raise build_invalid_problem(**get_unknown_parameter_errors([name], every))
    sent, data = data, apply_saved_view(kind, view.user, data)
    refuse_idle_days(sent, known, data)
    if data.get("q", "").strip():
        view.require_right("search", "This token or its user may not search.")
    sort = data.get("sort", "")
    if sort and not kind.sorts.has_sort(sort.removeprefix("-"), view.user):
        offered = ", ".join(sorted(kind.sorts.get_names(view.user)))
        sentence = f"Sort by one of these, with a minus in front for descending order: {offered}."
        raise ApiProblem(400, "invalid_sort", sentence, {"sort": [sentence]})
    listing = RecordList(kind, data, view.user, in_trash=in_trash)
    if listing.errors:
        raise build_invalid_problem(**get_list_errors(listing))
    if listing.lacks_time_of_change:
        sentence = describe_missing_time(kind)
        raise ApiProblem(400, "invalid_sort", sentence, {"sort": [sentence]})
    return listing


def describe_missing_time(kind: Kind) -> str:
    return (
        f"To sort by {CHANGED}, add a condition that says since when, such as {CHANGED}.since=2026-05-31T08:38:04Z. "
        f"To follow all changes, call {OWN_PREFIX}{kind.urls}/changes?since=."
    )


def refuse_idle_days(sent: QueryDict, known: Collection[str], data: QueryDict) -> None:
    """Raises Problem 422 for days that were sent without their period: without created=between, created_from would return all
    records. `data` also has what a saved view asks for."""
    idle = {}
    for name in sent:
        period = name.removesuffix(FROM).removesuffix(TO)
        if name != period and period in known and str(sent[name]).strip() and data.get(period) != "between":
            idle[name] = f"Send {period}=between with it."
    if idle:
        raise build_invalid_problem(**idle)


def get_list_errors(listing: RecordList) -> dict[str, str]:
    """The errors of the list by parameter; those without one, such as an unreadable date, are under "filter"."""
    return listing.filters.faults or {"filter": " ".join(listing.errors)}


class OneRecord(OwnView):
    http_method_names = ["get", "head", "patch", "delete"]
    actions = ACTIONS_BY_METHOD | {"PATCH": "put"}
    parameters = ("fields", "expand")

    def get(self, request: Any, pk: str) -> HttpResponse:
        return get_visible_record_json(self, get_id_from_url(self.kind, pk))

    def patch(self, request: Any, pk: str) -> HttpResponse:
        record = self.lock_at_expected_version(request, pk, merged=True)
        record_writing.change_record(self.kind, record, self.sent_fields, self.user)
        return build_version_json(self, record.pk)

    def delete(self, request: Any, pk: str) -> HttpResponse:
        record_writing.delete_record(self.kind, self.lock_at_expected_version(request, pk), self.user)
        return build_json_response({"deleted": True})

    def lock_at_expected_version(self, request: Any, pk: str, *, merged: bool = False) -> Any:
        """The record, locked, at the version that the call expects; with `merged`, the one that it was merged into. Raises
        Problem 404, 403 or 412."""
        record = lock_changeable_record(self, get_id_from_url(self.kind, pk), merged=merged)
        check_version(request, record.version, self.into)
        return record


def lock_changeable_record(view: OwnView, pk: int, *, merged: bool = False) -> Any:
    """A record that the user may change, locked, with its custom values; with `merged`, the one that it was merged into.
    Raises Problem 404 or 403."""
    return _find_changeable_record(view, pk, merged=merged, locks=True)


def get_changeable_record(view: OwnView, pk: int) -> Any:
    """The same without the lock, for a verb that locks settings before records."""
    return _find_changeable_record(view, pk, merged=False, locks=False)


def _find_changeable_record(view: OwnView, pk: int, *, merged: bool, locks: bool) -> Any:
    kind, user = view.kind, view.user
    present: Any = kind.model.objects.present()
    if locks:
        present.changeable_by(user).lock_one(pk)
    record = annotate_all_values(present.visible_to(user)).filter(pk=pk).first()
    if record is None:
        into = find_present_survivor(kind, user, pk)
        if into and merged:
            write_content_location(view, into)
            return _find_changeable_record(view, into, merged=merged, locks=locks)
        if into:
            raise ApiProblem(
                404, "not_found", f"This {kind.words.one} was merged into {kind.words.one} {into}."
            )
        write_out_of_reach_entry(kind.model.objects, kind.name, pk)
        raise ApiProblem(404, "not_found")
    if not present.changeable_by(user).filter(pk=pk).exists():
        raise record_writing.build_unchangeable_problem(kind)
    attach_custom_values([record])
    return record


def get_id_from_url(kind: Kind, text: str) -> int:
    """The ID in a URL: a number, or a public ID as in the dialects."""
    found = parse_url_number(text)
    return (kind.search.public(text) if found is None else found) or 0


def get_visible_record_json(view: OwnView, pk: int) -> HttpResponse:
    """One record that the user can see, with its version as ETag; 304 without a body if the program has this version. Raises
    Problem 404, or 422 for an unknown field."""
    seen = view.kind.model.objects.present().visible_to(view.user).filter(pk=pk)
    shape = build_asked_shape(view.kind, view.user, view.request.query_params)
    found = seen.annotate(json=shape.build_expression()).values_list("json", "version").first()
    if found is None and (into := find_present_survivor(view.kind, view.user, pk)):
        write_content_location(view, into)
        return get_visible_record_json(view, into)
    if found is None:
        write_out_of_reach_entry(view.kind.model.objects, view.kind.name, pk)
        raise ApiProblem(404, "not_found")
    text, version = found
    view.headers["ETag"] = build_etag(version, view.into)
    if does_program_have(view.request, view.headers["ETag"]):
        return HttpResponse(status=304)
    return HttpResponse(text, content_type="application/json")


def write_content_location(view: OwnView, pk: int) -> None:
    """The call is about another record than the one in its URL, which was merged into it."""
    view.into = pk
    view.headers["Content-Location"] = f"{OWN_PREFIX}{view.kind.urls}/{pk}"


def build_version_json(view: OwnView, pk: int, status: int = 200) -> HttpResponse:
    """The ID and the new version of a record, but not its fields: the token may be write-only."""
    version = view.kind.model.objects.values_list("version", flat=True).get(pk=pk)
    view.headers["ETag"] = build_etag(version, view.into)
    return build_json_response({"id": pk, "version": version}, status)
