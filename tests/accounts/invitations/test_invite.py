"""Inviting many users at once: the preview says what happens to each line, and only what it shows is done."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone, translation
from openpyxl import Workbook
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import Role, User
from crm.models import AuditEntry
from tests.reading import close_up

WHERE = "/admin/users/invite"


def role(key) -> Role:
    return Role.objects.get(key=key)


@pytest.fixture
def send(sign_in, ada, departments):
    """send("ana@example.com") previews; send(text, previewed=…) invites what was previewed."""
    browser = sign_in(ada)

    def sent(people: str = "", **values):
        data = {"people": people, "department": departments.sales.pk, "roles": [role("rep").pk], **values}
        return browser.post(WHERE, data)

    return sent


def digest_in(page) -> str:
    found = re.search(r'name="previewed" value="(\w+)"', page.text)
    return found[1] if found else ""


def invite(send, people: str = "", **values):
    """Preview and invite."""
    values = {name: value for name, value in values.items() if name != "file"}
    return send(people, **values, previewed=digest_in(send(people, **values)))


def get_new() -> dict[str, User]:
    return {user.email: user for user in User.objects.with_rights().filter(password__startswith="!")}


def test_forty_pasted_people_become_users_with_one_button(send, ada, departments):
    people = "\n".join(f"Person {number} <person{number}@example.com>" for number in range(40))
    page = send(people)
    assert page.status_code == 200
    assert "40 people will be invited" in close_up(page.text)
    assert "Invite 40 people" in close_up(page.text)
    assert not get_new()
    answer = send(people, previewed=digest_in(page))
    assert answer.status_code == 302
    new = get_new()
    assert len(new) == 40
    one = new["person7@example.com"]
    assert (one.name, one.department_ids, one.role_ids) == (
        "Person 7",
        [departments.sales.pk],
        [role("rep").pk],
    )
    assert (one.invited_by_id, one.is_invited, one.is_active) == (ada.pk, True, True)
    assert len({user.hue for user in new.values()}) == 36
    jobs = ProcrastinateJob.objects.filter(task_name="mail_link")
    assert {job.args["user_id"] for job in jobs} == {user.pk for user in new.values()}
    assert (
        AuditEntry.objects.filter(kind="user_added", record__in=[user.pk for user in new.values()]).count()
        == 40
    )


def test_a_line_may_name_its_own_role_and_department(send, departments):
    people = "Ana\tana@example.com\tOperator, Sales Manager\tExport\nion@example.com"
    invite(send, people)
    ana, ion = get_new()["ana@example.com"], get_new()["ion@example.com"]
    assert ana.department_ids == [departments.export.pk]
    assert set(ana.role_ids) == {role("operator").pk, role("manager").pk}
    assert (ion.name, ion.role_ids) == ("Ion", [role("rep").pk])
    assert ion.department_ids == [departments.sales.pk]


def test_roles_are_known_by_their_names_in_both_languages(send):
    with translation.override("ro"):
        romanian = role("operator").label, role("rep").label
    people = "\n".join(f"p{place}@example.com\t{name}" for place, name in enumerate([*romanian, "SALES REP"]))
    invite(send, people)
    assert [user.role_ids for user in get_new().values()] == [
        [role("operator").pk],
        [role("rep").pk],
        [role("rep").pk],
    ]


def test_each_line_that_is_skipped_says_why_and_the_others_are_invited(send, ada, bob, departments):
    users = {
        name: User.objects.create_user(f"{name}@example.com", name)
        for name in ("open", "late", "gone", "scim")
    }
    User.objects.filter(pk=users["open"].pk).update(link_sent_at=timezone.now())
    User.objects.filter(pk=users["late"].pk).update(link_sent_at="2026-01-02T10:00Z")
    User.objects.filter(pk=users["gone"].pk).update(is_active=False)
    people = """new@example.com
BOB@example.com
open@example.com
late@example.com
scim@example.com
gone@example.com
not an address
x@
New@example.com
a@example.com\tKing
b@example.com\t\tMars
second@example.com"""
    page = send(people)
    text = close_up(page.text)
    for sentence in (
        "Already a user.",
        "Invited already, until ",
        "Invited already; the invitation expired on 9 Jan 2026.",
        "Added already, and hasn’t signed in yet.",
        "Deactivated: reactivate this user instead.",
        "Enter a valid email address.",
        "Line 1 has the same address.",
        "“King” isn’t a role that you can give.",
        "“Mars” isn’t a department that you can choose.",
        "10 lines will be skipped",
        "1 already a user, 3 invited already, 1 deactivated user, 2 invalid addresses or names, 1 repeated address, "
        "2 unknown roles or departments",
        "2 people will be invited",
    ):
        assert sentence in text, sentence
    assert f'href="/admin/users/{bob.pk}"' in page.text
    before = User.objects.count()
    send(people, previewed=digest_in(page))
    assert {"new@example.com", "second@example.com"} <= set(get_new())
    assert User.objects.count() == before + 2


def test_a_list_that_changed_since_its_preview_is_shown_again_and_no_one_is_invited(send):
    digest = digest_in(send("ana@example.com"))
    page = send("ana@example.com\nion@example.com", previewed=digest)
    assert page.status_code == 409
    assert "changed since the preview" in page.text
    assert not get_new()
    assert send("ana@example.com\nion@example.com", previewed=digest_in(page)).status_code == 302


def test_someone_who_was_invited_meanwhile_isnt_invited_twice(send):
    page = send("ana@example.com\nion@example.com")
    invite(send, "ion@example.com")
    answer = send("ana@example.com\nion@example.com", previewed=digest_in(page))
    assert (answer.status_code, "Invited already, until" in answer.text) == (409, True)
    assert "ana@example.com" not in get_new()


def test_pressing_the_button_twice_invites_once(send):
    page = send("ana@example.com")
    assert send("ana@example.com", previewed=digest_in(page)).status_code == 302
    assert send("ana@example.com", previewed=digest_in(page)).status_code == 409
    assert len(get_new()) == 1


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"people": ""}, "Paste at least one email address, or choose a file."),
        ({"people": " ,;\n"}, "Paste at least one email address, or choose a file."),
        ({"roles": []}, "Choose at least one role, or name one in each line."),
        ({"roles": ["999999"]}, "999999 is not one of the available choices."),
        ({"department": ""}, "Choose a department, or name one in each line."),
        ({"people": "\n".join(f"p{number}@example.com" for number in range(501))}, "Invite at most 500 people at once."),
        ({"people": "x" * 300_000}, "at most 250000 characters"),
        ({"people": "a\0@example.com"}, "Null characters are not allowed."),
    ],
)  # fmt: skip
def test_bad_input_gets_a_sentence_and_keeps_what_was_typed(send, values, sentence):
    page = send(**{"people": "ana@example.com", **values})
    assert page.status_code == 422
    assert sentence in page.text
    if "people" not in values:
        assert "ana@example.com</textarea>" in page.text
    assert not get_new()


def test_a_role_is_needed_only_for_lines_without_one(send):
    people = "Email\tRole\tDepartment\nana@example.com\tOperator\tExport"
    assert send(people, roles=[], department="").status_code == 200


def build_workbook(rows) -> SimpleUploadedFile:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return SimpleUploadedFile("team.xlsx", out.getvalue())


def test_a_workbook_is_read_into_the_list_so_that_it_can_be_corrected(send, departments):
    rows = [
        ["Name", "E-mail", "Role", "Department"],
        ["Ana Pop", "ana@example.com", "Operator", "Export"],
        ["Ion Radu", "ion@example.com", None, None],
        ["Dan", "wrong", None, None],
    ]
    page = send(file=build_workbook(rows))
    assert page.status_code == 200
    assert "2 people will be invited" in close_up(page.text)
    assert "Ana Pop\tana@example.com\tOperator\tExport" in page.text
    text = page.text.split("<textarea")[1].split(">", 1)[1].split("</textarea>")[0].strip("\n")
    assert send(text, previewed=digest_in(page)).status_code == 302
    assert get_new()["ana@example.com"].department_ids == [departments.export.pk]


def test_a_csv_file_is_added_to_what_was_pasted(send):
    file = SimpleUploadedFile("team.csv", b"Prenume;Nume;Email\nAna;Pop;ana@example.com\n")
    page = send(file=file)
    assert "Ana Pop" in page.text
    file = SimpleUploadedFile("team.csv", b"Ana Pop,ana@example.com\n")
    page = send("ion@example.com", file=file)
    assert "2 people will be invited" in close_up(page.text)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("team.pdf", b"%PDF", "This file type can’t be imported."),
        ("team.xlsx", b"PK nothing", "The file’s name doesn’t match its content"),
        ("team.csv", b"", "The file is empty."),
        ("team.csv", b"x" * 2_000_001, "The file is larger than 2 MB."),
    ],
)
def test_a_file_that_cant_be_read_says_why_and_keeps_what_was_pasted(send, name, content, sentence):
    page = send("ion@example.com", file=SimpleUploadedFile(name, content))
    assert page.status_code == 422
    assert sentence in page.text
    assert "ion@example.com</textarea>" in page.text
    assert not get_new()


def test_only_users_who_may_add_users_can_invite(sign_in, bob, ann):
    for user in (bob, ann):
        browser = sign_in(user)
        assert browser.get(WHERE).status_code == 403
        assert browser.post(WHERE, {"people": "ana@example.com"}).status_code == 403


def test_a_manager_gives_only_what_they_have_and_learns_nothing_of_others(
    sign_in, grant, ann, dan, departments
):
    browser = sign_in(grant(ann, "accounts.add_user", "accounts.view_user"))
    people = "a@example.com\tAdministrator\nb@example.com\t\tExport\ndan@example.com\nc@example.com"
    data = {"people": people, "department": departments.sales.pk, "roles": [role("rep").pk]}
    page = browser.post(WHERE, data)
    text = close_up(page.text)
    assert "“Administrator” isn’t a role that you can give." in text
    assert "“Export” isn’t a department that you can choose." in text
    assert "An active or inactive user already has this email." in text
    assert f"/admin/users/{dan.pk}" not in page.text
    assert browser.post(WHERE, {**data, "previewed": digest_in(page)}).status_code == 302
    assert set(get_new()) == {"c@example.com"}
    assert browser.post(WHERE, {**data, "roles": [role("administrator").pk]}).status_code == 422
    assert browser.post(WHERE, {**data, "department": departments.export.pk}).status_code == 422


def test_with_only_single_sign_on_people_are_added_without_an_email(send, monkeypatch):
    for module in ("accounts.invitations.invite_users", "accounts.invitations.views.invite"):
        monkeypatch.setattr(f"{module}.is_single_sign_on_required", lambda: True)
    page = send("ana@example.com")
    assert "Add 1 person" in close_up(page.text)
    send("ana@example.com", previewed=digest_in(page))
    assert get_new()["ana@example.com"].link_sent_at is None
    assert not ProcrastinateJob.objects.filter(task_name="mail_link").exists()


def test_a_preview_takes_as_many_queries_for_many_lines_as_for_few(send, django_assert_max_num_queries):
    send("ana@example.com")
    with django_assert_max_num_queries(40) as few:
        send("ana@example.com\tOperator\tExport")
    with django_assert_max_num_queries(len(few)):
        send("\n".join(f"p{number}@example.com\tOperator\tExport" for number in range(500)))
