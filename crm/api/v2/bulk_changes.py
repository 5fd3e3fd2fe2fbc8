"""API v2: bulk changes, which run an action of the screens on a set of records."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from rest_framework import serializers

from crm.api.api_view import build_json_response
from crm.api.problems import ApiProblem, build_invalid_form_problem, build_invalid_problem
from crm.api.v2.form_values import flatten_sent_values
from crm.api.v2.records import build_list_from_url
from crm.api.v2.refusal_counts import count_by_reason
from crm.api.v2.v2_view import Fields, OwnView, refuse_unknown_parameters
from crm.models import FrozenSet, Operation
from crm.platform import jobs
from crm.records.editing.bulk_actions import ROWS_AT_ONCE, BulkAction, freeze_all, freeze_set
from crm.records.history.jobs import build_query_dict
from crm.records.history.multi_part_changes import judge_frozen_set
from crm.records.history.verb_execution import Outcome, Verb, carry_out, judge
from crm.records.listing.record_list import RecordList

API = Operation.Channel.API
MOST_IDS = 100_000
# Actions that require the token's right to delete in addition to the right to change.
REMOVING = ("delete", "purge")


class BulkFields(Fields):
    """A bulk change: the action, the records (either `ids` or `filter`), and the values that the action takes."""

    action = serializers.CharField(max_length=40)
    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        required=False,
        min_length=1,
        max_length=MOST_IDS,
        help_text="The ids of the records. Send either ids or filter.",
    )
    filter = serializers.CharField(
        required=False,
        max_length=5_000,
        help_text="The query string of the list, such as status=3&vip=no. all=1 stands for all records.",
    )
    values = serializers.DictField(required=False)
    note = serializers.CharField(
        required=False, allow_blank=True, max_length=500, help_text="Shown with the change in Leadwell."
    )
    preview = serializers.BooleanField(
        default=False, help_text="true counts what would change and changes nothing."
    )


class Bulk(OwnView):
    actions = {"POST": "put"}
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        sent = BulkFields.read(self.sent_fields)
        if sent["preview"]:
            self.require_right("get", "A preview counts records: this token or its user may not read them.")
        action = self.get_action(sent["action"])
        chosen = self.resolve_selection(sent, action)
        values = parse_action_values(action, sent.get("values", {}), self.user)
        form = action.form(build_query_dict(values), user=self.user)
        if not form.is_valid():
            raise build_invalid_form_problem(form.errors)
        verb = action.verb(form.cleaned_data, self.user)
        records = action.changeable_rows_queryset(self.user, self.kind.model)
        if sent["preview"]:
            return build_json_response(predict_outcome(verb, records, chosen, by=self.user))
        if isinstance(chosen, FrozenSet):
            return self.start_bulk_job(action, chosen, values, sent)
        note = sent.get("note", "")
        return build_json_response(
            build_outcome_json(carry_out(verb, records, by=self.user, wanted=chosen, channel=API, note=note))
        )

    def get_action(self, name: str) -> BulkAction:
        """Raises Problem 422 for an action that the kind doesn't have, 403 for one that the caller may not run."""
        action = self.kind.get_action(name)
        if action is None:
            names = ", ".join(action.name for action in self.kind.actions)
            raise build_invalid_problem(action=f"Send one of these actions: {names}.")
        if not action.is_allowed(self.user, self.kind.model):
            raise ApiProblem(403, "forbidden", "The user of this token may not do this.")
        if action.right in REMOVING:
            self.require_right("delete", "This token may not delete.")
        return action

    def resolve_selection(self, sent: dict[str, Any], action: BulkAction) -> list[int] | FrozenSet:
        """The IDs, or a frozen set if a job would change so many. Named IDs are never dropped silently: the response has a
        verdict for each."""
        if ("ids" in sent) == ("filter" in sent):
            raise build_invalid_problem(ids="Send either ids or filter.")
        if "ids" in sent:
            ids = sorted(set(sent["ids"]))
            return ids if len(ids) <= ROWS_AT_ONCE else freeze_set(self.user, self.kind.name, ids, "")
        data = QueryDict(sent["filter"])
        listing = build_list_from_url(self, data, also=["all"], in_trash=action.in_trash)
        check_extent(data, listing)
        ids = listing.get_ids(ROWS_AT_ONCE)
        if len(ids) > ROWS_AT_ONCE:
            return freeze_all(self.user, listing.visible, listing.query or "all=1")
        if not ids:
            raise build_invalid_problem(filter="No record matches this filter.")
        return ids

    def start_bulk_job(
        self, action: BulkAction, frozen: FrozenSet, values: dict[str, Any], sent: dict[str, Any]
    ) -> HttpResponse:
        arguments = {
            "set": frozen.pk,
            "action": action.name,
            "form": values,
            "note": sent.get("note", ""),
            "channel": API,
        }
        job = jobs.start_job("bulk", self.user, arguments, total=frozen.count)
        return build_json_response({"job": job.pk}, 202)


def check_extent(data: QueryDict, listing: RecordList) -> None:
    """Raises Problem 422 if a filter could match more records than its author intended: an empty variable in
    "owner=$OWNER" must not change everyone's records."""
    empty = [name for name, values in data.lists() if not all(value.strip() for value in values)]
    if empty:
        raise build_invalid_problem(filter=f"{empty[0]} has no value. Send all=1 for all records.")
    if "all" in data and (data.getlist("all") != ["1"] or listing.is_narrowed):
        raise build_invalid_problem(filter="all=1 stands alone: it means all records, without a filter.")
    if "all" not in data and not listing.is_narrowed:
        raise build_invalid_problem(filter="This filter doesn't narrow anything. Send all=1 for all records.")


def parse_action_values(action: BulkAction, values: dict[str, Any], user: Any) -> dict[str, Any]:
    """The values of an action as its form takes them. Raises Problem 422 for an unknown value."""
    sent = flatten_sent_values(values)
    # Which fields a form has may depend on the values: "Set a field" asks for the field first.
    fields = action.form(build_query_dict(sent), user=user).fields
    refuse_unknown_parameters(values, fields)
    none = {name for name, value in values.items() if value is None and offers_none_choice(fields[name])}
    return sent | dict.fromkeys(none, "none")


def offers_none_choice(field: forms.Field) -> bool:
    choices: Any = field.choices if type(field) is forms.ChoiceField else []
    return any(value == "none" for value, _label in choices)


def predict_outcome(verb: Verb, records: Any, chosen: list[int] | FrozenSet, *, by: Any) -> dict[str, Any]:
    """What would happen now; of more than a million records, to as many as can be judged in a few seconds."""
    if isinstance(chosen, list):
        return build_outcome_json(judge(verb, records, by=by, wanted=chosen))
    outcome, judged = judge_frozen_set(verb, records, chosen, by=by)
    chosen.delete()
    left = {"judged": judged, "unjudged": chosen.count - judged} if judged else {}
    return build_outcome_json(outcome) | left


def build_outcome_json(outcome: Outcome) -> dict[str, Any]:
    """The result for a set: counts, and the operation, which can be undone."""
    reasons = [(code, len(ids)) for code, ids in outcome.refused.items()] + [("hidden", outcome.hidden)]
    return {
        "operation": outcome.operation.pk if outcome.operation else None,
        "changed": len(outcome.changed),
        "unchanged": len(outcome.unchanged),
        "refused": count_by_reason(reasons),
    }
