"""deploy/: the image, the compose file, the dashboard and the alert rules name only what exists, and contain no secret."""

import json
import re
from itertools import chain
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml
from django.conf import settings
from django.db import connection
from django.test import Client
from prometheus_client import REGISTRY
from prometheus_client.metrics_core import Metric

from crm.management.commands.run import Command
from crm.platform.configuration.setting_catalog import SETTING_CATALOG
from crm.platform.monitoring import collectors, pgbouncer_stats, prometheus_metrics
from crm.platform.monitoring import current_task as at_work

ROOT = Path(settings.BASE_DIR)
DEPLOY = ROOT / "deploy"
FILES = [path for path in DEPLOY.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
SETTINGS = {setting.name for setting in SETTING_CATALOG}
# name:version, and no host in front of it.
PINNED = re.compile(r"[a-z0-9]+:\d+(\.\d+)+[a-z0-9.-]*")
SECRET = re.compile(r"PASSWORD|SECRET|KEY|TOKEN|EMAIL_URL")


def instructions() -> list[tuple[str, str]]:
    """[("FROM", "python:3.11.14-slim"), …]"""
    text = re.sub(r"\\\n\s*", " ", (DEPLOY / "Dockerfile").read_text())
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.partition(" ")[0], line.partition(" ")[2]) for line in lines]


def those(instruction: str) -> list[str]:
    return [words for name, words in instructions() if name == instruction]


def compose() -> dict[str, Any]:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())


def test_the_image_is_made_of_pinned_parts_and_runs_as_an_ordinary_user():
    assert all(PINNED.fullmatch(image) for image in those("FROM"))
    assert any("--require-hashes --requirement requirements.txt" in words for words in those("RUN"))
    (user,) = those("USER")
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", user)
    order = [name for name, _words in instructions()]
    assert order.index("USER") < order.index("HEALTHCHECK") < order.index("CMD")
    assert order.index("USER") > max(place for place, name in enumerate(order) if name in ("RUN", "COPY"))
    assert "ADD" not in order
    assert "ARG" not in order


def test_the_image_sets_only_settings_that_exist_and_no_secret():
    (words,) = those("ENV")
    names = set(re.findall(r"(\w+)=", words))
    assert names - SETTINGS == {"PYTHONUNBUFFERED"}
    assert not [name for name in names if SECRET.search(name)]


def test_the_image_has_all_of_the_product_and_nothing_else():
    lines = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    assert "*" in lines
    kept = {line[1:] for line in lines if line.startswith("!")}
    assert kept >= {
        *settings.PRODUCT_APPS,
        "product",
        "static",
        "templates",
        "locale",
        "manage.py",
        "requirements.txt",
    }
    assert not kept & {"tests", "var", ".git", ".venv", "deploy", "benchmarks"}
    assert all([*ROOT.glob(name)] for name in kept)


def test_the_health_check_asks_a_page_that_answers(client, db):
    (check,) = those("HEALTHCHECK")
    path = re.search(r"http://127\.0\.0\.1:8000(/\w+)", check)[1]
    assert client.get(path).status_code != 404


def test_the_services_are_web_worker_and_database_with_pinned_images():
    services = compose()["services"]
    assert set(services) == {"web", "worker", "database"}
    for service in services.values():
        assert PINNED.fullmatch(service["image"]), service["image"]
        assert service["restart"] == "unless-stopped"
    options = Command().create_parser("manage.py", "run")
    for name in ("web", "worker"):
        words = services[name]["command"]
        assert words[:3] == ["python", "manage.py", "run"]
        assert options.parse_args(words[3:]).only == name
        assert services[name]["cap_drop"] == ["ALL"]


def test_the_compose_file_sets_only_settings_that_exist_and_contains_no_secret():
    services = compose()["services"]
    for name in ("web", "worker"):
        assert services[name]["environment"].keys() <= SETTINGS
    values = chain.from_iterable(service["environment"].items() for service in services.values())
    secrets = [(name, value) for name, value in values if SECRET.search(name)]
    assert len(secrets) > 4
    assert all(re.fullmatch(r"\$\{\w+:[?-].*\}", value) for _name, value in secrets)
    assert "${LEADWELL_DATABASE_PASSWORD:?" in services["web"]["environment"]["DATABASE_URL"]


def test_only_the_web_server_has_a_port_and_only_on_the_machine_itself():
    services = compose()["services"]
    ports = {name: service.get("ports", []) for name, service in services.items()}
    assert ports == {"web": ["127.0.0.1:8000:8000"], "worker": [], "database": []}


def test_every_volume_and_mounted_file_exists():
    found = compose()
    for service in found["services"].values():
        for volume in service["volumes"]:
            source = volume.split(":")[0]
            assert source in found["volumes"] or (DEPLOY / source).is_file(), volume


def test_no_file_has_an_address_of_another_host():
    for path in FILES:
        hosts = set(re.findall(r"https?://([\w.-]+)", path.read_text()))
        assert hosts <= {"127.0.0.1", "crm.example.com"}, path


def panels() -> list[dict[str, Any]]:
    board = json.loads((DEPLOY / "grafana" / "leadwell.json").read_text())
    return [panel for panel in board["panels"] if panel["type"] != "row"]


def rules() -> list[dict[str, Any]]:
    return yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text())["groups"][0]["rules"]


def queries() -> list[str]:
    shown = [target["expr"] for panel in panels() for target in panel["targets"]]
    return shown + [rule["expr"] for rule in rules()]


@pytest.fixture
def reported(monkeypatch, ann, settings) -> dict[str, set[str]]:
    """{metric: its labels}, as /metrics answers after a request and a job, with a standby, an archive and a pooler."""
    settings.MIDDLEWARE = [
        "crm.platform.monitoring.request_metrics.MeasuringMiddleware",
        *settings.MIDDLEWARE,
    ]
    client = Client()
    client.force_login(ann)
    client.get("/admin/jobs")
    prometheus_metrics.record_ended_job(at_work.CurrentWork("import_apply"), 1.0)
    prometheus_metrics.record_job_rows(at_work.CurrentWork("import_apply"), 10)
    prometheus_metrics.REPLICA_READS.labels("replica1", "answered").inc()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
        monkeypatch.setattr(collectors, "STANDBYS", "SELECT 'node2', 0.5, 100")
        # As a role with pg_monitor, on a primary with an archive.
        monkeypatch.setattr(collectors, "SEEN", "SELECT true, true")
        monkeypatch.setattr(collectors, "ARCHIVE", "SELECT 0")
        looked_up = [*collectors.collect_database_metrics(cursor)]
    monkeypatch.setattr(collectors.DatabaseCollector, "_collect_database", lambda _self: iter(looked_up))
    pooler = pgbouncer_stats.build_pool_metrics(
        [dict.fromkeys([*pgbouncer_stats.STATES.values(), "cl_waiting", "maxwait", "maxwait_us"], 0)]
    )
    families: list[Metric] = [*REGISTRY.collect(), *collectors.DatabaseCollector().collect(), *pooler]
    return {sample.name: set(sample.labels) for family in families for sample in family.samples}


def test_every_metric_and_label_of_the_dashboard_and_the_alerts_is_reported(reported):
    # Prometheus itself adds these, and the metrics of machines have others.
    of_prometheus = {"instance", "job"}
    for query in queries():
        if "node_filesystem_" in query:
            continue
        names = set(re.findall(r"\bleadwell_\w+", query))
        assert names <= reported.keys(), query
        known = of_prometheus.union(*(reported[name] for name in names))
        matched = set(re.findall(r"(\w+)(?:=~|!~|!=|=)\"", query))
        grouped = {
            label.strip() for labels in re.findall(r"by \(([^)]*)\)", query) for label in labels.split(",")
        }
        assert matched | grouped <= known, query
        assert names or query.startswith("up{")


def test_prometheus_can_read_every_query():
    for query in queries():
        # Grafana puts values in the places of its variables.
        assert promql_parser.parse(query.replace("$__rate_interval", "1m").replace("$node", "web:9464"))


def test_the_dashboard_shows_every_metric(reported):
    """Otherwise a metric would be there that no one looks at."""
    shown = set(re.findall(r"\bleadwell_\w+", " ".join(queries())))
    families = {re.sub(r"_(bucket|sum|count|total|created)$", "", name) for name in reported}
    assert {name for name in families if name.startswith("leadwell_")} == {
        re.sub(r"_(bucket|sum|count|total)$", "", name) for name in shown
    }


def test_the_documentation_explains_every_metric(reported):
    text = (ROOT / "docs" / "monitoring.md").read_text()
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `leadwell_")]
    explained = set(re.findall(r"leadwell_\w+", " ".join(rows)))
    names = {re.sub(r"_(bucket|sum|count|created)$", "", name) for name in reported}
    assert explained == {
        name for name in names if name.startswith("leadwell_") and f"{name}_total" not in names
    }


def test_the_queues_that_alerts_name_exist():
    named = re.findall(r'queue=~"([^"]+)"', " ".join(queries()))
    assert {queue for names in named for queue in names.split("|")} == set(collectors.QUEUES)


def test_every_panel_has_a_title_a_unit_and_a_place_of_its_own():
    places = set()
    for panel in panels():
        assert panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"]
        place = panel["gridPos"]
        cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert not cells & places, panel["title"]
        places |= cells


def test_every_alert_says_what_happened_and_how_urgent_it_is():
    names = [rule["alert"] for rule in rules()]
    assert len(names) == len(set(names)) > 8
    for rule in rules():
        assert rule["labels"]["severity"] in ("critical", "warning")
        assert set(rule["annotations"]) == {"summary", "description"}


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.suffix in (".yml", ".yaml")], ids=lambda path: path.name
)
def test_every_yaml_file_can_be_read(path):
    assert yaml.safe_load(path.read_text())
