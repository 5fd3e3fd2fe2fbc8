"""The real `manage.py run`: first start, second start, Ctrl-C, and a start after `kill -9` of any part."""

import contextlib
import json
import re
import signal
import socket
import subprocess

import psutil
import psycopg
import pytest

from accounts.demo import ACCOUNTS
from crm.platform.server.child_processes import is_alive
from tests.examples import one_in
from tests.hard.running import Browser, Leadwell, a_folder, a_leadwell, a_started_leadwell

pytestmark = pytest.mark.hard


@pytest.fixture(scope="module")
def leadwell():
    """A Leadwell that was started once and stopped. Each test starts it again in its own way."""
    with a_started_leadwell() as leadwell:
        leadwell.password = re.search(r"have the password (\S+)", leadwell.first_words)[1]
        yield leadwell


@pytest.fixture
def running(leadwell):
    leadwell.start()
    yield leadwell
    if leadwell.process.poll() is None:
        leadwell.interrupt()


def ask(leadwell, query: str):
    with psycopg.connect(**leadwell.server.get_connection_parameters(), autocommit=True) as connection:
        return connection.execute(query).fetchone()


def none_left(leadwell) -> bool:
    return not [process for process in leadwell.look() if is_alive(process)]


def test_the_first_start_says_what_it_does_and_prints_address_and_accounts(leadwell):
    said = leadwell.first_words
    for words in (
        "Starting the database …",
        "Preparing the database: ",
        "Collecting static files …",
        "4,000 of 4,000 leads",
        f"Leadwell is running at http://127.0.0.1:{leadwell.first_port}\n",
        *(email for _role, email, *_rest in ACCOUNTS),
    ):
        assert words in said
    assert "Traceback" not in said


@pytest.mark.nightly
def test_every_demo_account_can_sign_in_and_sees_leads(running):
    status, words = running.health()
    assert (status, json.loads(words)) == (
        200,
        {"web": "up", "database": "up", "migrations": "applied", "worker": "up", "files": "up"},
    )
    for _role, email, *_rest in ACCOUNTS:
        browser = Browser(running.port)
        assert browser.sign_in(email, running.password) == 200, browser.page
        assert browser.get("/admin/leads") == 200
        # A rep starts with their own open leads.
        assert browser.url.partition("?")[0] == f"{browser.base}/admin/leads"


def test_browsers_that_connect_and_say_nothing_keep_no_page_waiting(running):
    """With a thread waiting five seconds for each, as gunicorn has it, the page would come after two minutes."""
    with contextlib.ExitStack() as silent:
        for _connection in range(200):
            silent.enter_context(socket.create_connection(("127.0.0.1", running.port)))
        assert Browser(running.port).get("/login") == 200


def test_static_files_are_compressed_and_cached_forever(running):
    browser = Browser(running.port)
    browser.get("/login")
    sheet = re.search(r'href="(/static/css/app\.[0-9a-f]{12}\.css)"', browser.page)[1]
    with browser.opener.open(f"{browser.base}{sheet}") as answer:
        assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.nightly
def test_a_second_start_says_that_it_is_already_running_and_exits_cleanly(running):
    second = running.manage("run", PORT="1")
    assert (second.returncode, second.stderr) == (0, "")
    assert second.stdout == f"Leadwell is already running at http://127.0.0.1:{running.port}\n"
    assert running.health()[0] == 200


@pytest.mark.nightly
def test_a_restart_keeps_the_data_and_repeats_nothing(leadwell):
    leadwell.start()
    before = ask(leadwell, "SELECT count(*), max(id) FROM leads_lead")
    leadwell.interrupt()
    leadwell.start()
    assert ask(leadwell, "SELECT count(*), max(id) FROM leads_lead") == before == (4000, before[1])
    assert "Preparing the database" not in leadwell.said
    assert "Loading the demo" not in leadwell.said
    assert leadwell.password in leadwell.said
    leadwell.interrupt()


def test_ctrl_c_stops_everything_quickly(running):
    assert len(running.look()) > 8
    assert running.interrupt() == 0
    assert none_left(running)
    assert running.said.endswith("Stopping …\nStopped.\n")


@pytest.mark.nightly
def test_a_service_manager_stops_everything_too(running):
    assert running.terminate() == 0
    assert none_left(running)
    assert "Traceback" not in running.said


@pytest.mark.nightly
def test_ctrl_c_works_during_requests_and_a_slow_download(running):
    with socket.create_connection(("127.0.0.1", running.port)) as slow:
        slow.sendall(b"GET /login HTTP/1.1\r\nHost: localhost\r\n")
        assert running.interrupt() == 0
    assert none_left(running)


def test_a_port_in_use_gets_a_message(leadwell):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = leadwell.manage("run", PORT=str(port))
    assert done.returncode == 1
    assert f"Port {port} of 127.0.0.1 is in use by another program." in done.stderr
    assert "Traceback" not in done.stderr
    assert none_left(leadwell)


@pytest.mark.parametrize(
    ("part", "words"),
    one_in(
        3, [("the worker", "manage.py work"), ("the web server", "gunicorn"), ("a web process", "gunicorn")]
    ),
)
def test_a_killed_process_is_restarted(running, part, words):
    processes = running.named(words)
    victim = processes[-1] if part == "a web process" else processes[0]
    victim.kill()
    running.wait(lambda: not is_alive(victim))
    running.wait(lambda: len(running.named(words)) == len(processes))
    running.wait_until_well()
    browser = Browser(running.port)
    assert browser.sign_in("rep@demo.example", running.password) == 200
    assert running.interrupt() == 0
    assert none_left(running)


@pytest.mark.nightly
def test_a_killed_database_is_restarted_without_losing_data(running):
    before = ask(running, "SELECT count(*), max(id) FROM leads_lead")
    [postmaster] = running.named("postgres -D") or running.named("bin/postgres")
    postmaster.kill()
    running.wait(lambda: "The database stopped unexpectedly. Restarting …" in running.said)
    running.wait_until_well()
    assert ask(running, "SELECT count(*), max(id) FROM leads_lead") == before
    assert Browser(running.port).sign_in("rep@demo.example", running.password) == 200
    assert running.interrupt() == 0
    assert none_left(running)


@pytest.mark.nightly
def test_a_killed_parent_takes_its_children_down_and_the_next_start_works(running):
    children = running.named("gunicorn") + running.named("manage.py work")
    running.end(running.process.kill)
    running.wait(lambda: not [child for child in children if is_alive(child)])
    running.start()
    assert Browser(running.port).sign_in("rep@demo.example", running.password) == 200
    assert running.interrupt() == 0
    assert none_left(running)


@pytest.mark.nightly
def test_the_next_start_works_after_everything_is_killed_at_once(running):
    for process in running.look():
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    running.process.wait()
    running.start()
    assert running.health()[0] == 200
    assert running.interrupt() == 0
    assert none_left(running)


@pytest.mark.nightly
def test_the_next_start_stops_leftover_processes_but_no_others(running):
    old = running.named("gunicorn") + running.named("manage.py work")
    stranger = subprocess.Popen(["sleep", "600"], start_new_session=True)
    for process in old:
        process.suspend()  # so that they can't notice their parent's death
    running.end(running.process.kill)
    assert all(is_alive(process) for process in old)
    running.start()
    assert not [process for process in old if is_alive(process)]
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()
    assert running.interrupt() == 0
    assert none_left(running)


@pytest.mark.nightly
def test_a_bulk_job_whose_worker_is_killed_is_applied_exactly_once(running):
    browser = Browser(running.port)
    browser.sign_in("admin@demo.example", running.password)
    browser.get("/admin/leads")
    assert browser.post("/admin/leads/bulk?all=1", action="vip", all="1") == 200, browser.page
    # Meanwhile the worker does operations of its own.
    marked = "SELECT count(*) FROM crm_operation WHERE kind = 'vip'"
    operations = ask(running, marked)[0]
    [worker] = running.named("manage.py work")
    with psycopg.connect(**running.server.get_connection_parameters()) as holder:
        holder.execute("SELECT FROM leads_lead WHERE NOT vip ORDER BY id DESC LIMIT 1 FOR UPDATE")
        assert browser.post(browser.url) == 200, browser.page
        # The job has started and waits for that one lead.
        running.wait(
            lambda: ask(running, "SELECT count(*) FROM crm_job WHERE state = 'running'")[0], seconds=30
        )
        worker.send_signal(signal.SIGKILL)
        running.wait(lambda: running.named("manage.py work") not in ([], [worker]))
    running.wait(lambda: ask(running, "SELECT count(*) FROM crm_job WHERE state = 'finished'")[0])
    assert ask(running, "SELECT count(*) FROM leads_lead WHERE NOT vip") == (0,)
    assert ask(running, marked)[0] == operations + 1
    assert ask(running, "SELECT count(*) FROM crm_job") == (1,)
    running.wait(
        lambda: (
            ask(running, "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')") == (0,)
        )
    )


def test_a_running_job_is_requeued_on_shutdown_and_done_after_the_next_start(running):
    browser = Browser(running.port)
    browser.sign_in("admin@demo.example", running.password)
    browser.get("/admin/leads")
    browser.post("/admin/leads/bulk?all=1", action="unvip", all="1")
    holder = psycopg.connect(**running.server.get_connection_parameters())
    holder.execute("SELECT FROM leads_lead WHERE vip ORDER BY id DESC LIMIT 1 FOR UPDATE")
    browser.post(browser.url)
    running.wait(lambda: ask(running, "SELECT count(*) FROM crm_job WHERE state = 'running'")[0], seconds=180)
    assert running.terminate() == 0
    assert none_left(running)
    assert "Traceback" not in running.said
    assert "Error" not in running.said
    running.start()
    running.wait(lambda: ask(running, "SELECT count(*) FROM crm_job WHERE state <> 'finished'") == (0,))
    assert ask(running, "SELECT count(*) FROM leads_lead WHERE vip") == (0,)


@pytest.mark.nightly
def test_a_first_start_that_is_killed_halfway_is_completed_by_the_next_one():
    with a_leadwell() as leadwell:
        leadwell.launch()
        leadwell.wait(lambda: "Loading the demo company" in leadwell.said, seconds=300)
        leadwell.end(leadwell.process.kill)
        leadwell.start()
        assert ask(leadwell, "SELECT count(*) FROM leads_lead") == (4000,)
        password = re.search(r"have the password (\S+)", leadwell.said)[1]
        assert Browser(leadwell.port).sign_in("rep@demo.example", password) == 200
        assert leadwell.interrupt() == 0
        assert none_left(leadwell)


@pytest.mark.nightly
def test_no_permissions_are_changed_in_a_folder_that_others_may_not_enter():
    with a_folder(mode=0o700) as parent:
        leadwell = Leadwell(parent / "data")
        try:
            done = leadwell.manage("check", "--database", "default")
            assert done.returncode == 0, done.stderr
            assert parent.stat().st_mode & 0o777 == 0o700
        finally:
            leadwell.clear_away()
