"""Backups in the browser: what the page says, backing up as a job, and downloading after the password."""

import subprocess
import tarfile
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Role
from crm.models import AuditEntry, Installation, Job, Notification
from crm.platform.backup import backup
from crm.platform.backup.backup_jobs import cancel_restored_backup_jobs
from crm.platform.database import client_programs
from crm.platform.jobs import JOB_KINDS, JobProblem, run_job
from tests.conftest import PASSWORD
from tests.reading import close_up

PAGE = "/admin/backups"
NAME = "leadwell-2026-11-20-021500.tar"


def test_the_page_says_when_the_last_backup_was_made_how_large_it_is_and_where(sign_in, ada, place_backup):
    place_backup("leadwell-2026-11-19-021500.tar.age", days=1, hours=1)
    path = place_backup(NAME, hours=3)
    text = close_up(sign_in(ada).get(PAGE).text)
    assert ", 24 bytes, not encrypted" in text.replace("\xa0", " ")
    assert " ago)" in text or "(Yesterday)" in text
    assert str(path.parent) in text
    assert text.index(f"make restore FILE={path}") > 0
    assert [row in text for row in (f"{PAGE}/{NAME}", f"{PAGE}/leadwell-2026-11-19-021500.tar.age")] == [
        True,
        True,
    ]


def test_an_encrypted_backup_is_said_to_be_and_its_restore_names_the_key(sign_in, ada, place_backup):
    place_backup(f"{NAME}.age", hours=3)
    text = close_up(sign_in(ada).get(PAGE).text)
    assert "not encrypted" not in text
    assert f"{NAME}.age KEY=/safe/place/leadwell.key" in text


def test_a_newer_backup_of_another_server_is_the_last_one_and_its_file_is_there(sign_in, ada, place_backup):
    place_backup(NAME, days=5)
    Installation.objects.create(key="here", backed_up_at=timezone.now() - timedelta(hours=2))
    text = sign_in(ada).get(PAGE).text
    assert "Another server made it, and its file is there." in text
    assert 'aria-labelledby="last-title" data-tone="warning"' not in text


def test_without_a_backup_the_page_says_so_and_what_will_appear(sign_in, ada, data):
    text = sign_in(ada).get(PAGE).text
    assert "No backup yet." in text
    assert "Backups that are made on this server appear here." in text
    assert 'aria-labelledby="last-title" data-tone="warning"' in text


@pytest.mark.parametrize(
    ("kept", "said"), [(0, "no nightly backups here"), (9, "9 nightly backups are kept")]
)
def test_the_schedule_is_what_the_setting_says(sign_in, ada, data, settings, kept, said):
    settings.BACKUPS_KEPT = kept
    assert said in sign_in(ada).get(PAGE).text


@pytest.mark.django_db(databases=["default", "progress"])
def test_a_backup_by_request_is_a_job_whose_file_appears_and_can_be_restored(sign_in, ada, data, quick_dump):
    browser = sign_in(ada)
    assert browser.post(f"{PAGE}/new")["Location"] == PAGE
    assert 'hx-trigger="every 1s"' in browser.get(PAGE).text
    job = Job.objects.get(kind="backup")
    run_job(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.problem) == ("finished", "")
    (path,) = (data / "backups").iterdir()
    assert path.name.startswith("leadwell-2")
    with tarfile.open(path) as tar:
        assert {"leadwell.json", "database.dump"} <= set(tar.getnames())
    text = browser.get(PAGE).text
    assert path.name in text
    assert 'hx-trigger="every 1s"' not in text
    entry = AuditEntry.objects.of_kind("backup_made").get()
    assert (entry.user_id, entry.details) == (ada.pk, {"file": path.name})
    assert Notification.objects.get(user=ada).path == PAGE


def test_a_second_click_while_a_backup_is_made_starts_no_other(sign_in, ada, data):
    browser = sign_in(ada)
    browser.post(f"{PAGE}/new")
    text = browser.post(f"{PAGE}/new", follow=True).text
    assert "A backup is being made already." in text
    assert Job.objects.count() == 1


def test_a_backup_that_fails_leaves_nothing_and_says_why(sign_in, ada, data, monkeypatch):
    def fill_disk(into, watch):
        into.write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup.client_programs, "dump_database", fill_disk)
    job = Job.objects.create(kind="backup", user=ada)
    with pytest.raises(JobProblem, match=r"No backup was made\. .*No space left on device") as problem:
        JOB_KINDS["backup"].work(job, lambda done, total: None)
    assert list((data / "backups").iterdir()) == []
    assert not AuditEntry.objects.of_kind("backup_made").exists()
    Job.objects.update(state="failed", problem=str(problem.value))
    text = sign_in(ada).get(PAGE).text
    assert str(problem.value) in text
    assert 'hx-trigger="every 1s"' not in text


def test_a_backup_that_is_canceled_while_it_is_dumped_leaves_nothing(ada, data, monkeypatch):
    def dump(into, watch):
        into.write_text("half")
        watch()
        pytest.fail("It went on.")

    def cancel(done, total):
        raise InterruptedError

    monkeypatch.setattr(backup.client_programs, "dump_database", dump)
    with pytest.raises(InterruptedError):
        backup.write_backup(print, progress=cancel)
    assert list((data / "backups").iterdir()) == []


def test_the_program_of_a_dump_that_no_one_waits_for_any_more_is_killed(tmp_path, monkeypatch):
    started = []

    def start(*_words, stdout):
        started.append(subprocess.Popen(["/bin/sleep", "600"], stdout=stdout, stderr=subprocess.PIPE))
        return started[0]

    monkeypatch.setattr(client_programs, "start_program", start)

    def stop():
        raise InterruptedError

    with pytest.raises(InterruptedError):
        client_programs.dump_database(tmp_path / "database.dump", stop)
    assert started[0].poll() is not None


def test_a_download_asks_for_the_password_and_is_written_to_the_audit_log(sign_in, ada, place_backup):
    place_backup(NAME, hours=3)
    browser = sign_in(ada)
    session = browser.session
    del session["confirmed_at"]
    session.save()
    assert browser.get(f"{PAGE}/{NAME}")["Location"].startswith("/confirm?")
    assert not AuditEntry.objects.of_kind("backup_downloaded").exists()
    browser.post("/confirm", {"password": PASSWORD})
    answer = browser.get(f"{PAGE}/{NAME}")
    assert b"".join(answer.streaming_content) == b"what people have entered"
    assert answer["Content-Disposition"] == f'attachment; filename="{NAME}"'
    assert answer["Cache-Control"] == "no-store"
    entry = AuditEntry.objects.of_kind("backup_downloaded").get()
    assert (entry.user_id, entry.details) == (ada.pk, {"file": NAME})


@pytest.mark.parametrize("name", ["leadwell-2020.tar", "..", "secret_key", "leadwell-x.tar"])
def test_only_backups_of_the_list_can_be_downloaded(sign_in, ada, place_backup, name):
    place_backup(NAME, hours=3)
    folder = place_backup("leadwell-link", hours=3).parent
    (folder.parent / "secret_key").write_text("secret")
    (folder / "leadwell-x.tar").symlink_to(folder.parent / "secret_key")
    text = sign_in(ada).get(f"{PAGE}/{name}", follow=True).text
    assert "This backup is no longer on this server." in text
    assert not AuditEntry.objects.of_kind("backup_downloaded").exists()


def test_only_administrators_open_the_page_make_a_backup_or_download_one(sign_in, someone_with, place_backup):
    place_backup(NAME, hours=3)
    browser = sign_in(someone_with("view_backups", "download_backups"))
    assert browser.get(PAGE).status_code == browser.get(f"{PAGE}/{NAME}").status_code == 403
    assert browser.post(f"{PAGE}/new").status_code == 403
    assert not Job.objects.exists()


def test_an_administrator_may_view_backups_without_downloading_them(sign_in, ada, place_backup):
    place_backup(NAME, hours=3)
    administrators = Role.objects.get(key="administrator")
    administrators.permissions.remove(administrators.permissions.get(codename="download_backups"))
    browser = sign_in(ada)
    assert f"{PAGE}/{NAME}" not in browser.get(PAGE).text
    assert browser.get(f"{PAGE}/{NAME}").status_code == 403


def test_a_restored_backup_does_not_make_another_one(ada):
    for kind, state in [("backup", "running"), ("nightly_backup", "waiting"), ("export", "running")]:
        Job.objects.create(kind=kind, state=state, user=ada)
    cancel_restored_backup_jobs(print)
    assert dict(Job.objects.values_list("kind", "state")) == {
        "backup": "cancelled",
        "nightly_backup": "cancelled",
        "export": "running",
    }


def test_the_command_writes_the_same_without_a_job(data, db, quick_dump, capsys):
    call_command("backup")
    assert capsys.readouterr().out.splitlines()[-1].startswith(str(data / "backups" / "leadwell-2"))
