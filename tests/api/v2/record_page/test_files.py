"""API v2: files that a program adds are those of the page, with its limits, and are sent to those who see their activity."""

from base64 import b64encode

import pytest

from crm.models import Activity, AttachedFile, Operation
from crm.records.history.verb_execution import operation
from tests.crm.work.activities.attaching import PAGE, PDF, PROGRAM, attach, on_the_disk, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Jan Novák", owner=bob)


def path(lead) -> str:
    return f"/api/v2/leads/{lead.pk}/files"


def body(name: str = "offer.pdf", content: bytes = PDF, **more) -> dict:
    return {"name": name, "content": b64encode(content).decode(), **more}


def saved(file) -> tuple:
    row = file.activity
    return (
        file.name,
        file.size,
        file.content_type,
        file.sha256,
        row.type,
        row.text,
        row.created_by_id,
        row.record,
    )


def test_a_file_is_kept_like_one_that_is_added_on_the_page(lead, bob, umbra, sign_in):
    attach(sign_in(bob), lead, upload(), text="Our **offer**")
    answer = umbra(bob).post(path(lead), body(text="Our **offer**"), expect=201)
    by_hand, by_program = AttachedFile.objects.order_by("pk")
    assert saved(by_program) == saved(by_hand)
    assert (answer["id"], answer["name"], answer["size"]) == (by_program.pk, "offer.pdf", len(PDF))
    assert (answer["content_type"], answer["user"]) == ("application/pdf", bob.pk)
    assert Operation.objects.latest("pk").channel == "api"


def test_the_list_has_the_newest_first_and_each_file_is_sent(lead, bob, umbra):
    program = umbra(bob)
    for number in range(3):
        program.post(path(lead), body(f"{number}.txt", str(number).encode()), expect=201)
    page = program.get(f"{path(lead)}?limit=2")
    assert [row["name"] for row in page["files"]] == ["2.txt", "1.txt"]
    rest = program.get(f"{path(lead)}?before={page['next']}")
    assert ([row["name"] for row in rest["files"]], rest["next"]) == (["0.txt"], None)
    assert program.get(page["files"][0]["url"]) == b"2"
    assert program.last["Content-Disposition"] == 'attachment; filename="2.txt"'


def test_what_could_run_in_a_browser_is_sent_as_on_the_page(lead, bob, umbra):
    program = umbra(bob)
    url = program.post(path(lead), body("page.html", PAGE), expect=201)["url"]
    program.get(url)
    assert program.last["Content-Type"] == "application/octet-stream"
    assert "sandbox" in program.last["Content-Security-Policy"]


def test_deleting_its_activity_deletes_the_file(lead, bob, umbra):
    program = umbra(bob)
    made = program.post(path(lead), body(), expect=201)
    program.delete(f"/api/v2/activities/{made['activity']}")
    assert program.get(path(lead))["files"] == []
    program.get(made["url"], expect=404)


@pytest.mark.parametrize(
    ("sent", "parameter"),
    [
        (body("run.txt", PROGRAM), "content"),
        (body("offer.pdf.VBS", b"MsgBox 1"), "content"),
        ({"name": "a.txt", "content": "no Base64!"}, "content"),
        ({"name": "a.txt"}, "content"),
        ({"name": "", "content": ""}, "name"),
    ],
)
def test_a_file_that_the_page_refuses_is_refused_with_its_sentence(
    lead, bob, umbra, sign_in, sent, parameter
):
    problem = umbra(bob).post(path(lead), sent, expect=422)
    assert problem["errors"][0]["parameter"] == parameter
    if "executable" in problem["errors"][0]["detail"]:
        content = PROGRAM if sent["name"] == "run.txt" else b"MsgBox 1"
        assert (
            problem["errors"][0]["detail"] in attach(sign_in(bob), lead, upload(sent["name"], content)).text
        )
    assert not AttachedFile.objects.exists()
    assert on_the_disk() == []


def test_files_out_of_reach_are_not_found(lead, bob, carla, umbra, departments, make_lead):
    made = umbra(bob).post(path(lead), body(), expect=201)
    program = umbra(carla)
    program.get(path(lead), expect=404)
    program.get(made["url"], expect=404)
    program.post(path(lead), body(), expect=404)
    shared = make_lead("Shared", department=departments.export, shared=True)
    umbra(bob).post(path(shared), body(), expect=403)
    assert umbra(bob).get(path(shared))["files"] == []


def test_the_files_of_a_private_email_are_for_its_user_alone(lead, ann, bob, umbra):
    made = umbra(bob).post(path(lead), body(), expect=201)
    with operation("test", by=None):
        Activity.objects.filter(pk=made["activity"]).update(private_to=bob)
    assert umbra(bob).get(made["url"]) == PDF
    umbra(ann).get(made["url"], expect=404)
    assert umbra(ann).get(path(lead))["files"] == []


def test_the_same_key_adds_a_file_once(lead, bob, umbra):
    program = umbra(bob)
    first = program.post(path(lead), body(), expect=201, **{"Idempotency-Key": "once"})
    assert program.post(path(lead), body(), expect=201, **{"Idempotency-Key": "once"}) == first
    assert AttachedFile.objects.count() == 1


def test_each_record_type_has_files(ann, umbra, make_company, make_contact):
    for many, record in (
        ("companies", make_company("Omnia", owner=ann)),
        ("contacts", make_contact("A", owner=ann)),
    ):
        address = f"/api/v2/{many}/{record.pk}/files"
        made = umbra(ann).post(address, body(), expect=201)
        assert umbra(ann).get(address)["files"] == [made]
