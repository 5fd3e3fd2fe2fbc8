"""One transaction per request: a GET writes nothing, an error keeps nothing, waiting ends with a message."""

import threading

import psycopg
import pytest
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InternalError, OperationalError, connection, connections, transaction
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from accounts.models import Department
from crm import urls
from crm.models import Job
from crm.platform.web.transactions import (
    Busy,
    is_connection_lost,
    is_database_away,
    retry_once,
    set_transaction_limits,
)
from tests.waiting import until_ended, until_set

committing = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


@csrf_exempt
@login_not_required
def writes(request):
    """Writes, then responds with the requested status."""
    Department.objects.create(name="Written")
    return HttpResponse("done", status=int(request.GET.get("status", 200)))


@csrf_exempt
@login_not_required
def takes(request):
    """Locks the department rows."""
    list(Department.objects.select_for_update())
    return HttpResponse("taken")


@csrf_exempt
@login_not_required
def dawdles(request):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(60)")
    return HttpResponse("at last")


@csrf_exempt
@login_not_required
def says_busy(request):
    Department.objects.create(name="Written")
    raise Busy


@csrf_exempt
@login_not_required
def repeats(request):
    """Adds a department with a name that is taken, without looking: its form doesn't know this rule."""
    Department.objects.create(name=request.POST["name"])
    return HttpResponse("done")


@login_not_required
def tells_limits(request):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('lock_timeout'), current_setting('statement_timeout'), "
            "current_setting('transaction_read_only')"
        )
        return HttpResponse(" ".join(cursor.fetchone()))


urlpatterns = [
    path("writes", writes),
    path("takes", takes),
    path("dawdles", dawdles),
    path("busy", says_busy),
    path("limits", tells_limits),
    path("repeats", repeats),
    *urls.urlpatterns,
]
handler404, handler403 = urls.handler404, urls.handler403
handler400, handler500 = urls.handler400, urls.handler500


@pytest.fixture(autouse=True)
def pages_of_this_file(settings):
    settings.ROOT_URLCONF = __name__


def written() -> bool:
    return Department.objects.filter(name="Written").exists()


@pytest.fixture
def somebody_holds_the_departments():
    """Another transaction locks the rows until the end of the test."""
    held, enough = threading.Event(), threading.Event()

    def hold():
        try:
            with transaction.atomic():
                list(Department.objects.select_for_update())
                held.set()
                until_set(enough)
        finally:
            connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    until_set(held)
    yield
    enough.set()
    until_ended(thread)


@committing
def test_a_get_that_writes_is_stopped_by_the_database(client):
    client.raise_request_exception = False
    assert client.get("/writes").status_code == 500
    assert not written()


@committing
def test_the_database_error_says_that_a_get_may_not_write(client):
    with pytest.raises(InternalError, match="read-only transaction"):
        client.get("/writes")


@committing
def test_a_post_that_succeeds_is_kept(client):
    assert client.post("/writes").status_code == 200
    assert written()


@committing
@pytest.mark.parametrize("status", [400, 403, 404, 409, 422, 500])
def test_a_post_that_is_answered_with_an_error_is_rolled_back(client, status):
    assert client.post(f"/writes?status={status}").status_code == status
    assert not written()


@committing
@pytest.mark.parametrize("status", [204, 302, 303])
def test_a_post_that_is_answered_with_a_redirect_is_kept(client, status):
    assert client.post(f"/writes?status={status}").status_code == status
    assert written()


@committing
def test_limits_belong_to_the_transaction_and_end_with_it(client, monkeypatch, patience_of_requests):
    monkeypatch.setattr(set_transaction_limits, "__kwdefaults__", patience_of_requests)
    assert client.get("/limits").content == b"2s 10s on"
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout'), current_setting('transaction_read_only')")
        assert cursor.fetchone() == ("0", "off")


@committing
def test_locked_rows_give_409_and_a_message(client, waits_for_no_lock, somebody_holds_the_departments):
    answer = client.post("/takes")
    assert answer.status_code == 409
    assert (
        "Another user is changing these records right now, so your changes weren’t saved."
        in answer.content.decode()
    )
    assert "weren’t saved" in answer.content.decode()


@committing
def test_a_job_that_locks_the_rows_is_named_only_to_colleagues(
    cast, client, waits_for_no_lock, somebody_holds_the_departments
):
    Job.objects.create(kind="test", user=cast.ann, state=Job.State.RUNNING)
    for reader, words in (
        (cast.bob, "A job started by Ann is changing these records"),
        (cast.dan, "Another user is changing"),
    ):
        client.force_login(reader, backend="accounts.sign_in.EmailBackend")
        answer = client.post("/takes")
        assert answer.status_code == 409
        assert words in answer.content.decode()


@committing
def test_htmx_gets_only_the_message(client, waits_for_no_lock, somebody_holds_the_departments):
    answer = client.post("/takes", headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert "<html" not in answer.content.decode()


@committing
def test_a_page_that_takes_too_long_is_stopped_with_a_message(client, monkeypatch):
    monkeypatch.setitem(set_transaction_limits.__kwdefaults__, "statement", 100)
    answer = client.get("/dawdles")
    assert answer.status_code == 503
    assert "The request took too long" in answer.content.decode()


@committing
def test_a_view_that_says_busy_gives_409_and_writes_nothing(client):
    assert client.post("/busy").status_code == 409
    assert not written()


@committing
def test_a_value_that_stays_taken_is_not_called_busy(client):
    """ "Try again" would never end."""
    Department.objects.create(name="Chairs")
    answer = client.post("/repeats", {"name": "Chairs"}, headers={"Origin": "http://testserver"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Another record already has this value: Name. Nothing was saved. Enter another value." in page
    assert "Try again in a moment" not in page
    assert "Chairs" in page
    assert client.post("/repeats", {"name": "Tables"}).status_code == 200


def failing(sqlstate: str, times: int):
    """Work that fails this many times with this database error."""
    left = [times]

    class Failure(Exception):
        pass

    Failure.sqlstate = sqlstate

    def work():
        if left[0]:
            left[0] -= 1
            raise OperationalError("failed") from Failure()
        return "done"

    return work


@pytest.mark.parametrize("sqlstate", ["40P01", "40001"])
def test_a_deadlock_is_tried_again_once(sqlstate):
    assert retry_once(failing(sqlstate, times=1))() == "done"
    with pytest.raises(OperationalError):
        retry_once(failing(sqlstate, times=2))()


def test_other_errors_are_not_tried_again():
    with pytest.raises(OperationalError):
        retry_once(failing("55P03", times=1))()


@committing
def test_a_broken_connection_is_distinguished_from_a_database_error():
    with connections["progress"].cursor() as cursor, pytest.raises(OperationalError) as broken:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    assert is_connection_lost(broken.value)
    with connection.cursor() as cursor, pytest.raises(DatabaseError) as answered:
        cursor.execute("SELECT 1 / 0")
    assert not is_connection_lost(answered.value)


@pytest.mark.parametrize(
    ("error", "lost"),
    [
        # pgbouncer, when it has waited for a server too long
        (psycopg.errors.ProtocolViolation("query_wait_timeout"), True),
        (psycopg.errors.AdminShutdown("terminating connection"), True),
        # The driver itself, when a server stops right after a commit
        (psycopg.InternalError("received 2 results from command 'COMMIT'"), True),
        (psycopg.errors.ReadOnlySqlTransaction("cannot execute UPDATE in a read-only transaction"), False),
        (psycopg.errors.LockNotAvailable("canceling statement due to lock timeout"), False),
        (ValueError("no error of the database"), False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_way_of_losing_the_database_is_recognized(error, lost):
    assert is_connection_lost(error) is lost


@pytest.mark.parametrize(("method", "away"), [("POST", True), ("GET", False), ("HEAD", False)])
def test_a_read_only_database_means_that_the_primary_is_gone_unless_a_page_wrote(method, away):
    error = psycopg.errors.ReadOnlySqlTransaction("cannot execute UPDATE in a read-only transaction")
    assert is_database_away(error, method) is away
