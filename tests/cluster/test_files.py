"""Files on several servers: what one takes in, another one reads and sends, and in the end none of them has any."""

import io
import time
import zipfile

import boto3
import psycopg
import pytest

from tests.cluster.nodes import Cluster, a_cluster, last_number
from tests.crm.platform.files.store.conftest import s3_server  # noqa: F401 - a fixture
from tests.hard.filled import Filled

pytestmark = pytest.mark.nightly

CSV = b"Last name;Email\nQuixwarden;zq@cluster.example\n"
OFFER = b"an offer of the first server"


@pytest.fixture(scope="module", params=["folder", "bucket"])
def cluster(request):
    if request.param == "folder":
        with a_cluster("FOLDER/shared") as found:
            found.stored = lambda: kept_in(found.folder / "shared")
            found.start()
            yield found
        return
    port, keys = (
        request.getfixturevalue("s3_server"),
        {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"},
    )
    endpoint = f"http://127.0.0.1:{port}"
    s3 = boto3.resource(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    bucket = s3.create_bucket(Bucket="cluster")
    with a_cluster(f"s3://cluster/main?endpoint={endpoint}&region=us-east-1", **keys) as found:
        found.stored = lambda: sorted(
            entry.key.removeprefix("main/")
            for entry in bucket.objects.all()
            if not entry.key.endswith(".store")
        )
        found.start()
        yield found


def kept_in(folder) -> list[str]:
    names = (str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    return sorted(name for name in names if not name.endswith(".store"))


def until(browser, path: str, words: str) -> None:
    """Load a page until it has these words."""
    deadline = time.monotonic() + 60
    while browser.get(path) != 200 or words not in browser.page:
        assert time.monotonic() < deadline, browser.page[-3_000:]
        time.sleep(0.3)


def test_an_upload_on_one_server_is_read_by_a_worker_and_planned_and_applied_on_another(cluster: Cluster):
    first, second = cluster.sign_in("web 1"), cluster.sign_in("web 2")
    first.get("/admin/leads/import")
    assert first.attach("/admin/leads/import", [("people.csv", CSV)], field="file") == 200
    page = f"/admin/imports/{last_number(first.url.removesuffix('/columns'))}"
    until(second, f"{page}/columns", "zq@cluster.example")
    assert "damaged" not in second.page
    [(state, rows)] = cluster.query("SELECT state, rows FROM crm_import ORDER BY id DESC LIMIT 1")
    assert (state, rows) == ("columns", 1)
    assert len(cluster.stored()) == 1
    assert second.post(f"{page}/columns", **Filled(second.page).forms[""]) == 200
    until(second, f"{page}/plan", 'name="apply"')
    assert second.post(f"{page}/plan", **Filled(second.page).forms[""]) == 200
    until(first, page, "Rows in the file")
    lead = "SELECT count(*) FROM leads_lead WHERE email = 'zq@cluster.example'"
    assert cluster.query(lead) == [(1,)]
    assert cluster.own_files() == []


def test_an_export_of_one_server_is_fetched_from_the_other(cluster: Cluster):
    first, second = cluster.sign_in("web 1"), cluster.sign_in("web 2")
    first.get("/admin/leads/export?all=1")
    assert first.post("/admin/leads/export/write?all=1", columns="all", format="csv") == 200
    made = first.page
    pk, file = last_export(cluster)
    assert file in cluster.stored()
    assert second.get(f"/admin/exports/{pk}/file") == 200
    assert second.page == made
    assert len(made) > 10_000
    assert cluster.own_files() == []


def last_export(cluster: Cluster) -> tuple[int, str]:
    """The number and the file of an export that has been stored; its user has it a moment before."""
    deadline = time.monotonic() + 60
    while True:
        last = "SELECT id, file, state FROM crm_export ORDER BY id DESC LIMIT 1"
        [(pk, file, state)] = cluster.query(last)
        if state == "finished":
            return pk, file
        assert time.monotonic() < deadline, state
        time.sleep(0.1)


def test_an_export_that_takes_long_is_made_by_a_worker_and_fetched_from_any_server(cluster: Cluster):
    """The activities can't be read until the lock is gone, and no user waits for so long."""
    first, second = cluster.sign_in("web 1"), cluster.sign_in("web 2")
    first.get("/admin/leads/export?all=1")
    with psycopg.connect(**cluster.server.get_connection_parameters()) as locking:
        locking.execute("LOCK TABLE crm_activity IN ACCESS EXCLUSIVE MODE")
        begun = time.monotonic()
        asked = {"columns": "all", "format": "xlsx", "activities": "on"}
        assert first.post("/admin/leads/export/write?all=1", **asked) == 200
        assert 5 <= time.monotonic() - begun < 10
        assert first.url.endswith("/admin/exports")
        assert "You can download the file here when it’s finished." in first.page
        until(second, "/admin/exports", "You can close this page.")
        [(state,)] = cluster.query("SELECT state FROM crm_job WHERE kind = 'export' ORDER BY id DESC LIMIT 1")
        assert state in ("waiting", "running")
    pk, file = last_export(cluster)
    assert file in cluster.stored()
    until(second, "/admin/exports", "it ran in the background")
    for server in (first, second):
        response = server.opener.open(f"{server.base}/admin/exports/{pk}/file", timeout=30)
        names = zipfile.ZipFile(io.BytesIO(response.read())).namelist()
        assert "xl/worksheets/sheet2.xml" in names
    assert cluster.own_files() == []


def test_a_file_attached_on_one_server_is_downloaded_from_the_other(cluster: Cluster):
    first, second = cluster.sign_in("web 1"), cluster.sign_in("web 2")
    [(lead,)] = cluster.query("SELECT max(id) FROM leads_lead WHERE deleted_at IS NULL")
    first.get(f"/admin/leads/{lead}")
    path = f"/admin/leads/{lead}/activities"
    assert first.attach(path, [("offer.txt", OFFER)], type="file", text="An offer") == 200
    [(activity, file)] = cluster.query(
        "SELECT activity_id, id FROM crm_attachedfile ORDER BY id DESC LIMIT 1"
    )
    assert second.get(f"{path}/{activity}/files/{file}") == 200
    assert second.page == OFFER.decode()


def test_a_server_with_another_folder_does_not_start(cluster: Cluster):
    node = cluster.nodes["web 2"]
    stranger = node.manage("run", "--only", "web", LEADWELL_FILES="", LEADWELL_DATA=str(cluster.folder / "stranger"), PORT="1")  # fmt: skip
    assert stranger.returncode != 0
    assert "Set LEADWELL_FILES to the folder or bucket that all servers" in stranger.stderr + stranger.stdout


def test_after_the_clean_up_no_server_and_no_store_has_a_file(cluster: Cluster):
    assert cluster.stored()
    cluster.query("UPDATE crm_export SET at = at - interval '2 days'")
    cluster.query("UPDATE crm_import SET at = at - interval '2 days'")
    # A worker cleans up when it starts, and then every hour, unless another one has done it less than an hour ago.
    cluster.query("UPDATE crm_hourlystep SET at = at - interval '2 hours'")
    cluster.nodes["worker 2"].terminate()
    cluster.start_one("worker 2")
    left = "SELECT file FROM crm_export WHERE file > '' UNION SELECT file FROM crm_import WHERE file > ''"
    deadline = time.monotonic() + 60
    while cluster.query(left):
        assert time.monotonic() < deadline
        time.sleep(0.3)
    named = [file for (file,) in cluster.query("SELECT file FROM crm_attachedfile")]
    assert cluster.stored() == sorted(named)
    assert cluster.own_files() == []
