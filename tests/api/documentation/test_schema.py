"""The documentation: OpenAPI 3.1 without a token, pages without a network, working examples."""

import gzip
import json
import re
from pathlib import Path
from urllib.parse import urlencode

import drf_spectacular.validation
import jsonschema_rs
import pytest
from django.test import Client
from django.urls import get_resolver

from crm.api.views.api_docs import get_schema
from leads.kind import LEAD
from leads.models import Lead
from tests.matrix.declared.api import API


def operations():
    for path, methods in get_schema()["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def test_the_schema_is_openapi_3_1_and_public(client, db):
    answer = client.get("/api/schema")
    assert answer.status_code == 200
    assert answer.json()["openapi"] == "3.1.0"
    assert answer.json() == get_schema()
    assert Client().get("/api/docs/").status_code == 200


# What a program accepts, and whether the schema is compressed for it.
ACCEPTED = {
    "gzip alone": ("gzip", True),
    "gzip among others": ("br, gzip;q=0.8, *", True),
    "gzip with a small weight": ("gzip;q=0.1", True),
    "gzip refused": ("gzip;q=0", False),
    "gzip refused among others": ("gzip; q=0.0, identity", False),
    "another one": ("br", False),
    "nothing": ("", False),
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_the_schema_is_compressed_for_programs_that_accept_it(case, client, db):
    accepted, compresses = ACCEPTED[case]
    answer = client.get("/api/schema", headers={"Accept-Encoding": accepted})
    assert answer.get("Content-Encoding") == ("gzip" if compresses else None)
    assert "Accept-Encoding" in answer["Vary"]
    body = gzip.decompress(answer.content) if compresses else answer.content
    assert json.loads(body)["openapi"] == "3.1.0"


def test_the_schema_is_valid():
    """By the rules that drf-spectacular brings. With the validator that it uses, this takes twenty seconds."""
    rules = Path(drf_spectacular.validation.__file__).with_name("openapi_3_1_schema.json").read_text()
    validator = jsonschema_rs.Draft202012Validator(json.loads(rules))
    assert [f"{error.instance_path}: {error.message}" for error in validator.iter_errors(get_schema())] == []
    assert get_schema()["info"]["title"]


def test_the_schema_contains_every_api_call():
    documented = {(method, re.sub(r"{\w+}", "{}", path)) for method, path, _operation in operations()}
    declared = {(call.method, "/" + re.sub(r"<[^>]+>", "{}", call.path)) for call in API}
    assert documented == declared


# What a POST of API v2 does at these addresses creates no object with an address of its own.
CREATES_NOTHING = re.compile(
    r"/(bulk|batch|batch/delete|undo|convert|different|merge|replay|resend|move|retire|activate|type|send|pause|resume|cancel|claim|continue|copy|outcome|remind|reset|restore|skip)$"
)


def test_each_call_of_api_v2_that_creates_something_answers_201_with_its_address():
    creating = [
        (path, operation["responses"])
        for method, path, operation in operations()
        if method == "POST" and path.startswith("/api/v2/") and not CREATES_NOTHING.search(path)
    ]
    assert len(creating) > 8
    assert [
        path for path, responses in creating if "Location" not in responses.get("201", {}).get("headers", {})
    ] == []


def test_every_call_documents_its_errors_and_tokens():
    for method, path, operation in operations():
        assert {"401", "403", "405", "429"} <= set(operation["responses"]), path
        assert operation["security"] in ([{"authtoken": []}, {"bearer": []}], [{"bearer": []}]), path
        assert operation["summary"], path
        if method in ("POST", "PUT", "PATCH"):
            assert "422" in operation["responses"], path


def docstrings() -> set[str]:
    """The docstrings of the views: they are for readers of the code."""
    found = set()
    for call in API:
        path = "/" + re.sub(r"<[^>]+>", "1", call.path)
        view = get_resolver().resolve(path).func.cls
        texts = [view.__doc__, getattr(view, call.method.lower(), view).__doc__]
        found |= {" ".join(text.split()) for text in texts if text}
    return found


def test_every_call_is_described_for_users():
    internal = docstrings()
    for method, path, operation in operations():
        words = " ".join(operation.get("description", "").split())
        assert words.endswith("."), (method, path)
        assert words not in internal, (method, path)


def test_each_bulk_action_documents_its_values():
    bulk = get_schema()["paths"]["/api/v2/leads/bulk"]["post"]["requestBody"]["content"]["application/json"][
        "schema"
    ]
    schemas = get_schema()["components"]["schemas"]
    actions = schemas[bulk["$ref"].rpartition("/")[2]]["discriminator"]["mapping"]
    assert set(actions) == {action.name for action in LEAD.actions}
    status = schemas[actions["status"].rpartition("/")[2]]
    values = schemas[status["properties"]["values"]["$ref"].rpartition("/")[2]]
    assert set(values["properties"]) == {"status", "reason", "remark"}


def test_the_filters_of_a_list_have_types():
    by_name = {row["name"]: row for row in get_schema()["paths"]["/api/v2/leads"]["get"]["parameters"]}
    assert by_name["status"]["schema"]["type"] == "array"
    assert set(by_name["vip"]["schema"]["enum"]) == {"yes", "no"}
    assert by_name["created_from"]["schema"]["format"] == "date"
    assert "-created_at" in by_name["sort"]["schema"]["enum"]


def test_operation_names_are_unique():
    names = [operation["operationId"] for _method, _path, operation in operations()]
    assert sorted(set(names)) == sorted(names)


VERBS = (
    "activate|add|batch_delete|batch_write|bulk_change|cancel|change|claim|continue|convert|copy|count|delete|download|get|list|log|make|mark|merge|move|pause|remind|replay|resend|reset|restore|resume|retire|skip|"
    "send|start|stop|switch|test|undo"
)


def test_calls_and_schemas_of_api_v2_read_well_in_generated_clients():
    for method, path, operation in operations():
        if path.startswith("/api/v2/"):
            assert re.fullmatch(f"({VERBS})(_[a-z]+)+", operation["operationId"]), (method, path)
            assert operation["tags"] == [path.split("/")[3]]
    assert [name for name in get_schema()["components"]["schemas"] if re.search("Own[A-Z]|[_-]", name)] == []


def test_the_page_loads_nothing_from_other_sites_and_runs_no_inline_script(client, db):
    answer = client.get("/api/docs")
    text = answer.content.decode()
    assert re.findall(r'(?:src|href)="(?!/)', text) == []
    assert re.findall(r"<script(?![^>]*src=)|\sstyle=|<style", text) == []
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self';" in policy + ";"
    assert "style-src 'self';" in policy + ";"
    assert "unsafe" not in policy


def test_everything_the_page_loads_exists():
    from django.contrib.staticfiles import finders

    for name in ("swagger-ui.css", "swagger-ui-bundle.js"):
        assert finders.find(f"drf_spectacular_sidecar/swagger-ui-dist/{name}")
    assert finders.find("js/api-docs.js")


@pytest.mark.parametrize("dialect", ["connect", "umbra"])
def test_the_documentation_examples_work(connect, umbra, ada, make_lead, statuses, sources, dialect):
    program = {"connect": connect, "umbra": umbra}[dialect](ada)
    lead = make_lead()
    ids = {
        "lead": lead.pk if dialect == "connect" else lead.public_id,
        "lead_statuses": statuses.qualified.pk,
    }
    ids |= {"lead_sources": sources.event.pk, "leads": ids["lead"]}
    tried = 0
    for method, path, operation in operations():
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        wanted = {"connect": "/api/l", "umbra": "/v1/"}[dialect]
        if not body.get("examples") or not path.startswith(wanted):
            continue
        example = dict(body["examples"]["Example"]["value"])
        # IDs differ between installations.
        example |= {
            name: value
            for name, value in numbers(statuses, sources).items()
            if name in example and dialect == "connect"
        }
        address = path.replace("{id}", str(ids[path.rstrip("/{id}").rpartition("/")[2]]))
        assert program.call(method, address, example, expect=200), path
        tried += 1
    assert tried >= 2
    assert Lead.objects.count() > 1


def numbers(statuses, sources) -> dict[str, str]:
    return {"status": str(statuses.qualified.pk), "source": str(sources.website.pk)}


def test_the_resolver_knows_the_pages():
    assert get_resolver().resolve("/api/docs").url_name == "api_docs"


def test_the_documentation_page_requests_25_leads_instead_of_all(connect, ann, make_lead):
    for number in range(26):
        make_lead(f"Lead {number}")
    parameters = get_schema()["paths"]["/api/leads"]["get"]["parameters"]
    # The page fills in each parameter that has an example.
    filled = {
        one["name"]: one.get("example", one["schema"].get("example"))
        for one in parameters
        if "example" in one or "example" in one["schema"]
    }
    assert filled == {"per_page": "25"}
    body = connect(ann).get(f"/api/leads?{urlencode(filled)}")
    assert (len(body["data"]), body["meta"]["total"]) == (25, 26)
