"""The worker is killed and the server stopped at random points of an import: it is applied completely or not at all."""

import random
import re
import signal
import time

import psycopg
import pytest

from tests.hard.filled import Filled
from tests.hard.running import Browser, a_started_leadwell

pytestmark = pytest.mark.hard

# So many that a worker is killed while it still works on them.
ROWS = 20_000
FEWER = 8_000
ONE = {"import_read": 0, "import_check": 0, "import_apply": 1}
TWENTY = {"import_read": 4, "import_check": 6, "import_apply": 10}
BOUNDARY = "----leadwell-test"


def ask(leadwell, query: str):
    with psycopg.connect(**leadwell.server.get_connection_parameters(), autocommit=True) as connection:
        return connection.execute(query).fetchone()


def upload(browser: Browser, data: bytes) -> None:
    import urllib.request

    browser.get("/admin/leads/import")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.page)[1]
    body = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{token}\r\n'
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="many.csv"\r\n'
        "Content-Type: text/csv\r\n\r\n"
    ).encode() + data + f"\r\n--{BOUNDARY}--\r\n".encode()  # fmt: skip
    request = urllib.request.Request(browser.url, data=body)
    request.add_header("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
    assert browser._open(request) == 200, browser.page


def has_worker(leadwell, before: list) -> bool:
    return leadwell.named("manage.py work") not in ([], before)


def kill_while(leadwell, kind: str, times: int) -> int:
    """Kill the worker this many times while a job of this kind runs, then let it finish. Returns the number of kills."""
    killed = 0
    job = f"SELECT state FROM crm_job WHERE kind = '{kind}' ORDER BY id DESC LIMIT 1"
    leadwell.wait(lambda: ask(leadwell, job) is not None)
    while killed < times:
        leadwell.wait(lambda: ask(leadwell, job)[0] != "waiting")
        if times > 1:
            time.sleep(random.uniform(0, 1.5))
        workers = leadwell.named("manage.py work")
        if ask(leadwell, job)[0] == "finished":
            break
        assert ask(leadwell, "SELECT count(*) FROM leads_lead WHERE last_name LIKE 'Kill%'") == (0,)
        for worker in workers:
            worker.send_signal(signal.SIGKILL)
            killed += 1
        leadwell.wait(
            lambda before=workers: has_worker(leadwell, before) or leadwell.process.poll() is not None
        )
        if leadwell.process.poll() is not None:
            # Six worker deaths within a short time stop everything, so it is started again.
            leadwell.start()
    leadwell.wait(lambda: ask(leadwell, job)[0] == "finished", seconds=240)
    return killed


@pytest.mark.parametrize(
    ("kills", "rows"),
    [(ONE, FEWER), pytest.param(TWENTY, ROWS, marks=pytest.mark.nightly)],
    ids=["once", "twenty times"],
)
def test_an_import_whose_worker_is_killed_is_applied_exactly_once(kills, rows):
    random.seed(20)
    lines = "".join(f"Kill{number},Ana,a{number}@example.org,Cluj\n" for number in range(rows))
    with a_started_leadwell() as leadwell:
        leadwell.start()
        password = re.search(r"have the password (\S+)", leadwell.said)[1]
        browser = Browser(leadwell.port)
        browser.sign_in("admin@demo.example", password)
        before = ask(leadwell, "SELECT count(*) FROM leads_lead")[0]
        upload(browser, f"Last name,First name,Email,City\n{lines}".encode())
        killed = kill_while(leadwell, "import_read", kills["import_read"])

        browser.get("/admin/imports/1/columns")
        assert browser.post("/admin/imports/1/columns", **Filled(browser.page).forms[""]) == 200, browser.page
        killed += kill_while(leadwell, "import_check", kills["import_check"])

        browser.get("/admin/imports/1/plan")
        assert browser.post("/admin/imports/1/plan", **Filled(browser.page).forms[""]) == 200, browser.page
        killed += kill_while(leadwell, "import_apply", kills["import_apply"])

        assert killed >= (sum(kills.values()) + 1) // 2
        assert ask(leadwell, "SELECT count(*) FROM leads_lead")[0] == before + rows
        assert ask(leadwell, "SELECT count(DISTINCT email) FROM leads_lead WHERE last_name LIKE 'Kill%'") == (
            rows,
        )
        assert ask(leadwell, "SELECT count(*) FROM crm_operation WHERE kind = 'import'") == (1,)
        browser.get("/admin/imports/1")
        assert "Rows in the file" in browser.page
        assert leadwell.interrupt() == 0


@pytest.mark.nightly
def test_an_import_continues_after_the_server_is_stopped_in_each_step():
    with a_started_leadwell() as leadwell:
        leadwell.start()
        password = re.search(r"have the password (\S+)", leadwell.said)[1]
        before = ask(leadwell, "SELECT count(*) FROM leads_lead")[0]
        browser = Browser(leadwell.port)
        browser.sign_in("admin@demo.example", password)
        rows = "".join(f"Stop{number},s{number}@example.org\n" for number in range(ROWS))
        upload(browser, f"Last name,Email\n{rows}".encode())
        for kind, step in (("import_read", "columns"), ("import_check", "plan"), ("import_apply", "")):
            stopped_in_the_middle(leadwell, kind)
            browser.sign_in("admin@demo.example", password)
            if step:
                browser.get(f"/admin/imports/1/{step}")
                assert browser.post(f"/admin/imports/1/{step}", **Filled(browser.page).forms[""]) == 200
        assert ask(leadwell, "SELECT count(*) FROM leads_lead")[0] == before + rows
        assert ask(leadwell, "SELECT count(*) FROM crm_operation WHERE kind = 'import'") == (1,)
        assert leadwell.interrupt() == 0


def stopped_in_the_middle(leadwell, kind: str) -> None:
    job = f"SELECT state FROM crm_job WHERE kind = '{kind}' ORDER BY id DESC LIMIT 1"
    leadwell.wait(lambda: (ask(leadwell, job) or ["waiting"])[0] != "waiting")
    state = ask(leadwell, job)[0]
    assert leadwell.interrupt() == 0
    leadwell.start()
    leadwell.wait(lambda: ask(leadwell, job)[0] == "finished", seconds=240)
    assert state in ("running", "finished")
