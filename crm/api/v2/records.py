"""API v2 on one kind of record, where neither dialect reaches: pages by cursor with the filters of the list, and bulk
changes."""

from http.client import responses
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse, QueryDict
from rest_framework import serializers
from rest_framework.parsers import JSONParser

from crm import jobs
from crm.api import rows
from crm.api.parameters import bearer, number
from crm.api.problems import Problem, invalid
from crm.api.view import ApiView, answer
from crm.fields.type import type_of
from crm.models import FrozenSet, Operation
from crm.records.bulk import ROWS_AT_ONCE, Action, freeze
from crm.records.change import Outcome, carry_out, judge
from crm.records.jobs import as_data
from crm.records.kinds import KINDS, Kind
from crm.records.listing import OTHER_PARAMETERS, Listing, filter_parameters

API = Operation.Channel.API
AT_FIRST, MOST, MOST_IDS = 50, 200, 100_000
# What needs the right of the token to remove, beside that to change.
REMOVING = ("delete", "purge")


def shape_of(kind: Kind) -> rows.Shape:
    """A record of this kind as JSON: the names of fields.OWN_API, each as its type has it or as the kind says itself."""
    table = kind.model._meta.db_table
    columns = {}
    for name in kind.fields.OWN_API:
        if name in kind.json:
            columns[name] = kind.json[name]
        else:
            field: Any = kind.model._meta.get_field(name)
            columns[name] = type_of(field).json_sql(field, table)
    return rows.Shape(columns, joins=kind.json_joins)


class OwnView(ApiView):
    """JSON in and out, the token as Bearer; problems say their code, a sentence, and sentences by field."""

    parser_classes = [JSONParser]
    kind_name: ClassVar[str] = ""

    @property
    def kind(self) -> Kind:
        """The kind of record that a call is about, where it is about one."""
        return KINDS[self.kind_name]

    def secret(self, request: HttpRequest) -> str:
        return bearer(request)

    def refused(self, problem: Problem) -> HttpResponse:
        """Problem details as RFC 9457 has them; `errors` name the parameters. `error` and `message` say the same as
        `code` and `detail`, for programs that were written before."""
        message = problem.message or "Not found."
        body: dict[str, Any] = {"type": "about:blank", "title": responses.get(problem.status, "Error")}
        body |= {"status": problem.status, "code": problem.code, "detail": message}
        body |= {"error": problem.code, "message": message}
        if problem.errors:
            body["errors"] = problem.errors
        response = answer(body, problem.status)
        response["Content-Type"] = "application/problem+json"
        if problem.status == 401:
            response["WWW-Authenticate"] = "Bearer"
        return response

    def read(self, serializer: type[serializers.Serializer], **keywords: Any) -> dict[str, Any]:
        """The body as the serializer has it. Raises Problem 422 also for a key that it does not know: a misspelt
        `preview` would carry the change out."""
        read = serializer(data=self.sent, **keywords)
        unknown = [name for name in self.sent if name not in read.fields]
        if unknown:
            raise invalid(**dict.fromkeys(unknown, "This call has no such field."))
        read.is_valid(raise_exception=True)
        return read.validated_data


class Records(OwnView):
    http_method_names = ["get", "head"]

    def get(self, request: Any) -> HttpResponse:
        data, kind = request.query_params, self.kind
        size = number("limit", data.get("limit") or str(AT_FIRST), MOST)
        listing = listed(kind, data, self.user, besides=["limit", "after"])
        if listing.search and not self.allows("search"):
            raise Problem(403, "forbidden", "This token may not search.")
        if data.get("after") and not listing.knows_cursor(data["after"]):
            raise Problem(
                400, "bad_cursor", "This cursor belongs to another list, or it is damaged. Start again."
            )
        page = listing.page(size)
        wanted = kind.model.objects.filter(pk__any=page.ids).in_order_of(page.ids)
        found = rows.array(rows.texts(wanted, shape_of(kind)))
        following = f'"{page.next}"' if page.next else "null"
        body = f'{{"{kind.urls}":{found},"next":{following}}}'
        return HttpResponse(body, content_type="application/json")


def listed(kind: Kind, data: QueryDict, user, besides: list[str]) -> Listing:
    """The list of this address. Raises Problem 422 for a parameter that the list does not know or understand."""
    known = {*filter_parameters(kind), *OTHER_PARAMETERS, *besides}
    unknown = [name for name in data if name not in known]
    if unknown:
        raise invalid(**{unknown[0]: "The list has no such filter."})
    if data.get("sort") and data["sort"].removeprefix("-") not in kind.sorts.names:
        raise Problem(400, "bad_sort", "", {"sort": [f"It is one of {', '.join(sorted(kind.sorts.names))}."]})
    listing = Listing(kind, data, user)
    if listing.errors:
        raise invalid(filter=" ".join(listing.errors))
    return listing


class BulkFields(serializers.Serializer):
    """Either `ids`, or `filter` as the address of the list has it. `preview` changes nothing and says what would be."""

    action = serializers.CharField(max_length=40)
    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        required=False,
        min_length=1,
        max_length=MOST_IDS,
    )
    filter = serializers.CharField(
        required=False, max_length=5_000, help_text="status=3&vip=no; all=1 is all."
    )
    values = serializers.DictField(
        required=False, help_text="What the action needs: status, owner, tags and so on."
    )
    note = serializers.CharField(required=False, allow_blank=True, max_length=500)
    preview = serializers.BooleanField(default=False)


class Bulk(OwnView):
    actions = {"POST": "put"}
    http_method_names = ["post"]

    def post(self, request: Any) -> HttpResponse:
        sent = self.read(BulkFields)
        action = self.kind.action(sent["action"])
        if action is None:
            names = ", ".join(action.name for action in self.kind.actions)
            raise invalid(action=f"It is one of {names}.")
        if not action.allowed(self.user, self.kind.model):
            raise Problem(403, "forbidden", "You may not do this.")
        if action.right in REMOVING and not self.allows("delete"):
            raise Problem(403, "forbidden", "This token may not do this.")
        ids, query = self.chosen(sent, action)
        form = action.form(as_data(values_of(sent.get("values", {}))), user=self.user)
        if not form.is_valid():
            raise invalid(**{name: str(texts[0]) for name, texts in form.errors.items()})
        if len(ids) > ROWS_AT_ONCE and not sent["preview"]:
            return self.later(action, freeze(self.user, self.kind.name, ids, query), sent)
        verb = action.verb(form.cleaned_data, self.user)
        records = action.rows(self.user, self.kind.model)
        if sent["preview"]:
            return answer(outcome_of(judge(verb, records, by=self.user, wanted=ids)))
        note = sent.get("note", "")
        return answer(outcome_of(carry_out(verb, records, by=self.user, wanted=ids, channel=API, note=note)))

    def chosen(self, sent: dict[str, Any], action: Action) -> tuple[list[int], str]:
        """The ids, and the filter that found them. Of ids that were named nothing is dropped in silence: the verdict
        on each is in the answer."""
        if ("ids" in sent) == ("filter" in sent):
            raise invalid(ids="Either ids or a filter.")
        if "ids" in sent:
            return sorted(set(sent["ids"])), ""
        data = QueryDict(sent["filter"])
        found = listed(self.kind, data, self.user, besides=["all"])
        if not found.narrowed and data.get("all") != "1":
            raise invalid(filter="This filter names no condition. Send all=1 for all records.")
        if found.search and not self.allows("search"):
            raise Problem(403, "forbidden", "This token may not search.")
        listing = Listing(self.kind, data, self.user, in_trash=action.in_trash)
        ids = listing.ids()
        if not ids:
            raise invalid(filter="Nothing matches.")
        return ids, listing.query or "all=1"

    def later(self, action: Action, frozen: FrozenSet, sent: dict[str, Any]) -> HttpResponse:
        arguments = {
            "set": frozen.pk,
            "action": action.name,
            "form": values_of(sent.get("values", {})),
            "note": sent.get("note", ""),
            "channel": API,
        }
        job = jobs.start("bulk", self.user, arguments, total=frozen.count)
        return answer({"job": job.pk}, 202)


def values_of(values: dict[str, Any]) -> dict[str, Any]:
    """As a form sends them: texts, and lists of texts. Raises Problem 422 for anything deeper."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        parts = value if isinstance(value, list) else [value]
        if any(isinstance(part, dict | list) for part in parts):
            raise invalid(values=f"{name} is no text, number or list of them.")
        texts = ["" if part is None else str(part) for part in parts]
        if any("\0" in text or (not text.isascii() and _broken(text)) for text in texts):
            raise invalid(values=f"{name} holds characters that are none.")
        found[name] = texts if isinstance(value, list) else texts[0]
    return found


def _broken(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def outcome_of(outcome: Outcome) -> dict[str, Any]:
    """What became of a set: counts, refusals by reason, and the operation, which can be undone."""
    refused = {code.partition(":")[0]: 0 for code in outcome.refused}
    for code, ids in outcome.refused.items():
        refused[code.partition(":")[0]] += len(ids)
    # What the token's user does not see is as if it were not there.
    if unseen := outcome.hidden + refused.pop("gone", 0):
        refused["not_found"] = unseen
    return {
        "operation": outcome.operation.pk if outcome.operation else None,
        "changed": len(outcome.changed),
        "unchanged": len(outcome.unchanged),
        "refused": refused,
    }
