"""Two web nodes and a standby: what a user changes on one of them is on the next page of the other."""

import re

import pytest

from tests.cluster.nodes import WEB, a_cluster
from tests.crm.scaling.replicas.standby import a_standby
from tests.hard.filled import Filled
from tests.hard.running import Browser, Leadwell
from tests.ports import get_free_port
from tests.waiting import until

pytestmark = pytest.mark.hard


@pytest.fixture(scope="module")
def cluster():
    with (
        a_cluster("FOLDER/shared") as found,
        a_standby(found.server, "standby", hot_standby_feedback="on") as standby,
    ):
        found.standby = standby
        for name in WEB:
            found.nodes[name].settings |= {
                "DATABASE_REPLICA_URLS": standby.server.url,
                "LEADWELL_METRICS": f"127.0.0.1:{get_free_port()}",
            }
        found.nodes[WEB[0]].manage("mark_files")
        for name in WEB:
            found.start_one(name)
        yield found


@pytest.fixture
def browsers(cluster):
    """The same browser, first on one node and then on the other."""
    first = cluster.sign_in(WEB[0])
    second = Browser(cluster.nodes[WEB[1]].port)
    second.opener = first.opener
    return first, second


def reads(cluster, name: str) -> dict[str, float]:
    """How many reads of this node a replica has answered, and how many it hasn't."""
    page = Browser(int(cluster.nodes[name].settings["LEADWELL_METRICS"].split(":")[1]))
    page.get("/metrics")
    found = re.findall(
        r'leadwell_replica_reads_total\{outcome="(\w+)",replica="replica1"\} ([\d.]+)', page.page
    )
    return {outcome: float(number) for outcome, number in found}


def rename(browser, lead: int, name: str) -> None:
    browser.get(f"/admin/leads/{lead}/edit")
    form = next(form for form in Filled(browser.page).forms.values() if "last_name" in form)
    assert browser.post(f"/admin/leads/{lead}/edit", **(form | {"last_name": name})) == 200
    assert name in browser.page  # the page after the redirect


def test_a_change_on_one_node_is_on_the_page_of_the_other_while_the_standby_lags(cluster, browsers):
    first, second = browsers
    [(lead,)] = cluster.query("SELECT max(id) FROM leads_lead WHERE deleted_at IS NULL AND client_id IS NULL")
    cluster.standby.pause()
    rename(first, lead, "Kettleworth")
    assert second.get(f"/admin/leads/{lead}") == 200
    assert "Kettleworth" in second.page
    rename(second, lead, "Brightwater")
    assert first.get(f"/admin/leads/{lead}") == 200
    assert "Brightwater" in first.page
    cluster.standby.resume()


@pytest.mark.nightly
def test_both_nodes_read_from_the_standby_when_it_follows(cluster, browsers):
    cluster.standby.resume()
    cluster.standby.caught_up()
    for name, browser in zip(WEB, browsers, strict=True):

        def answered(name=name, browser=browser) -> bool:
            browser.get("/admin/leads?sort=name")
            return reads(cluster, name).get("answered", 0) > 0

        until(answered)


@pytest.mark.nightly
def test_nodes_stay_ready_while_the_standby_is_down_and_monitors_hear_its_name(cluster, browsers):
    cluster.standby.kill()
    node = cluster.nodes[WEB[0]]
    probe = Browser(node.port)
    until(lambda: '"replica1": "down"' in node.health()[1])
    assert probe.get("/readyz") == 200
    assert browsers[0].get("/admin/leads?sort=name") == 200
    cluster.standby.start()
    until(lambda: '"replica1": "up"' in node.health()[1])


@pytest.mark.nightly
def test_a_full_run_starts_although_a_standby_is_down(cluster):
    """It once waited for all that monitors ask for, and ended after a minute: a restart during a fault lost the site."""
    cluster.standby.kill()
    settings = cluster.nodes[WEB[0]].settings | {"LEADWELL_METRICS": f"127.0.0.1:{get_free_port()}"}
    node = Leadwell(cluster.folder / "all", **settings)
    try:
        node.start()
        assert Browser(node.port).get("/readyz") == 200
        assert '"replica1": "down"' in node.health()[1]
    finally:
        node.clear_away()
        cluster.standby.start()
