"""API v2: Trash, as its page lists it, and restoring a record."""

import json
from collections.abc import Collection
from typing import Any

from django.http import HttpResponse

from crm.api import json_rows
from crm.api.api_view import build_json_response
from crm.api.call_parameters import parse_number_parameter
from crm.api.problems import ApiProblem
from crm.api.v2.bulk_changes import API
from crm.api.v2.etags import build_etag
from crm.api.v2.record_writing import build_refusal_problem, build_unchangeable_problem
from crm.api.v2.records import (
    PAGING,
    build_asked_shape,
    get_cursor_page,
    get_filter_names,
    get_id_from_url,
)
from crm.api.v2.v2_view import AT_FIRST, MOST, OwnView, format_moment, refuse_unknown_parameters
from crm.platform.audit.viewing_entries import write_out_of_reach_entry
from crm.platform.web.transactions import SAFE_METHODS
from crm.records.history import verbs
from crm.records.history.deletions import get_deletions
from crm.records.history.merged_records import find_merged_records
from crm.records.history.verb_execution import carry_out

SHAPING = ("fields", "expand")


class Trash(OwnView):
    http_method_names = ["get", "head"]

    def get_known_parameters(self, method: str) -> Collection[str]:
        known = ("q", "sort", *PAGING, *SHAPING, *get_filter_names(self))
        return known if method in SAFE_METHODS else ()

    def get(self, request: Any) -> HttpResponse:
        data, kind = request.query_params, self.kind
        require_deleting(self)
        shape = build_asked_shape(kind, self.user, data)
        size = parse_number_parameter("limit", data.get("limit") or str(AT_FIRST), MOST)
        ids, following = get_cursor_page(self, data, size, also=(*PAGING, *SHAPING), in_trash=True)
        rows: Any = kind.model.objects.in_trash()
        texts = json_rows.get_json_texts_by_id(rows, ids, shape)
        # One that is restored in between is left out.
        moments = dict(rows.filter(pk__any=list(texts)).values_list("pk", "deleted_at"))
        entries = self.build_entries({pk: moments[pk] for pk in ids if pk in moments})
        body = ",".join(f'{{{json.dumps(entry)[1:-1]},"record":{texts[entry["id"]]}}}' for entry in entries)
        return HttpResponse(
            f'{{"trash":[{body}],"next":{json.dumps(following)}}}', content_type="application/json"
        )

    def build_entries(self, moments: dict[int, Any]) -> list[dict[str, Any]]:
        """When each of the records was deleted, by whom, and into what it was merged; `moments` are by ID, in their order."""
        deletions = get_deletions(self.kind.name, moments)
        merged = {pk: into.pk for pk, into in find_merged_records(self.kind, self.user, list(moments))}
        entries = []
        for pk, moment in moments.items():
            done = deletions.get(pk)
            entries.append(
                {
                    "id": pk,
                    "deleted_at": format_moment(moment),
                    "by": done.by.name if done and done.by else None,
                    "user": done.by_id if done else None,
                    "operation": done.pk if done else None,
                    "merged_into": merged.get(pk),
                }
            )
        return entries


class Restoration(OwnView):
    actions = {"POST": "delete"}
    http_method_names = ["post"]

    def post(self, request: Any, pk: str) -> HttpResponse:
        refuse_unknown_parameters(self.sent_fields, ())
        kind, number = self.kind, get_id_from_url(self.kind, pk)
        records: Any = kind.model.objects
        if not records.visible_to(self.user).filter(pk=number).exists():
            write_out_of_reach_entry(records, kind.name, number)
            raise ApiProblem(404, "not_found")
        deleted = records.in_trash().filter(pk=number)
        if not deleted.exists():
            raise ApiProblem(409, "already_done", f"This {kind.words.one} isn't in Trash.")
        rows = deleted.changeable_by(self.user)
        if not rows.exists():
            raise build_unchangeable_problem(kind)
        outcome = carry_out(verbs.Restore(), rows, by=self.user, channel=API)
        if outcome.refused:
            raise build_refusal_problem(kind, outcome.refused)
        if not outcome.operation:
            raise ApiProblem(409, "already_done", f"This {kind.words.one} isn't in Trash.")
        version = records.values_list("version", flat=True).get(pk=number)
        self.headers["ETag"] = build_etag(version)
        return build_json_response({"id": number, "version": version, "operation": outcome.operation.pk})


def require_deleting(view: OwnView) -> None:
    """Raises Problem 403: Trash is for those who may delete."""
    if not view.user.has_perm(view.kind.get_right("delete")):
        raise ApiProblem(403, "forbidden", "The user of this token may not do this.")
