"""API v2 adds, changes and deletes templates as their pages do: the same rows, operations and refusals."""

import pytest

from crm.models import Operation
from crm.records.history.verb_execution import operation
from crm.records.history.visible_operations import describe_operation
from crm.work.models.template import Template
from tests.matrix.asking import undone

pytestmark = pytest.mark.django_db
TEMPLATES, PAGES = "/api/v2/templates", "/admin/templates"


@pytest.fixture
def rows(ada, ann):
    with operation("test", by=None):
        return {
            name: Template.objects.create(name=name, type="email", subject="Hi", text="Hello", owner=owner)
            for name, owner in (("shared", None), ("of ann", ann), ("of ada", ada))
        }


def read_done(before: int, refused: list[str]):
    """What is stored, the operations by kind and in words, and the sentences of a refusal."""
    made = list(Operation.objects.order_by("pk")[before:])
    stored = [
        {key: value for key, value in row.items() if key != "id"}
        for row in Template.objects.order_by("pk").values()
    ]
    return stored, [(record.kind, describe_operation(record)) for record in made], sorted(refused)


def carry_out_by_page(browser, path, data):
    with undone():
        before, refused = Operation.objects.count(), []
        answer = browser.post(path, data)
        if answer.status_code == 403:
            refused = ["403"]
        elif answer.status_code == 404:
            refused = ["404"]
        elif answer.status_code != 302:
            refused = [str(texts[0]) for texts in answer.context["form"].errors.values()]
            assert refused
        return read_done(before, refused)


def carry_out_by_call(program, method, path, data=None):
    with undone():
        before, refused = Operation.objects.count(), []
        body = program.call(method, path, data)
        status = program.last.status_code
        if status in (403, 404):
            refused = [str(status)]
        elif status >= 400:
            refused = [row["detail"] for row in body["errors"]]
        assert set(Operation.objects.order_by("pk")[before:].values_list("channel", flat=True)) <= {"api"}
        return read_done(before, refused)


# Who does it, the template or "" for a new one, and what is sent by hand and by a program.
NOTE = {"name": "New", "type": "note", "text": "Called {first_name}"}
EMAIL = {"name": "New", "type": "email", "subject": "Your offer", "text": "Dear {first_name},"}
THERE = {"type": "email", "subject": "Hi", "text": "Hello"}
CHANGES = {
    "a note": ("ann", "", NOTE, NOTE),
    "an email": ("ann", "", EMAIL, EMAIL),
    "a note with a subject": ("ann", "", NOTE | {"subject": "x"}, NOTE | {"subject": "x"}),
    "without a text": ("ann", "", {"name": "New", "type": "note"}, {"name": "New", "type": "note"}),
    "without a type": ("ann", "", {"name": "New", "text": "x"}, {"name": "New", "text": "x"}),
    "of another type": ("ann", "", NOTE | {"type": "fax"}, NOTE | {"type": "fax"}),
    "an unknown merge field": ("ann", "", NOTE | {"text": "{nonsense}"}, NOTE | {"text": "{nonsense}"}),
    "a name in use": ("ann", "", NOTE | {"name": "SHARED"}, NOTE | {"name": "SHARED"}),
    "a name that only another user has": ("ann", "", NOTE | {"name": "of ada"}, NOTE | {"name": "of ada"}),
    "a shared one": ("ada", "", NOTE | {"shared": "on"}, NOTE | {"shared": True}),
    "another text of one's own": ("ann", "of ann", THERE | {"name": "of ann", "text": "Bye"}, {"text": "Bye"}),
    "a shared one changed by an administrator": ("ada", "shared", THERE | {"name": "shared", "text": "Bye", "shared": "on"}, {"text": "Bye"}),
    "a shared one made one's own": ("ada", "shared", THERE | {"name": "shared"}, {"shared": False}),
    "a shared one without the permission": ("ann", "shared", THERE | {"name": "shared", "text": "Bye"}, {"text": "Bye"}),
    "one of another user": ("ann", "of ada", THERE | {"name": "of ada", "text": "Bye"}, {"text": "Bye"}),
    "nothing": ("ann", "of ann", THERE | {"name": "of ann"}, {}),
}  # fmt: skip


@pytest.mark.parametrize("case", CHANGES)
def test_a_template_is_added_and_changed_as_on_its_page(case, rows, ada, ann, sign_in, umbra):
    who, name, by_hand, body = CHANGES[case]
    user = {"ada": ada, "ann": ann}[who]
    one = f"/{rows[name].pk}" if name else ""
    page = carry_out_by_page(sign_in(user), f"{PAGES}{one or '/new'}", by_hand)
    call = carry_out_by_call(umbra(user), "PATCH" if name else "POST", f"{TEMPLATES}{one}", body)
    assert call == page


@pytest.mark.parametrize(
    ("who", "name"), [("ann", "of ann"), ("ann", "shared"), ("ann", "of ada"), ("ada", "shared")]
)
def test_a_template_is_deleted_as_on_its_page(who, name, rows, ada, ann, sign_in, umbra):
    user = {"ada": ada, "ann": ann}[who]
    page = carry_out_by_page(sign_in(user), f"{PAGES}/{rows[name].pk}/delete", {})
    assert carry_out_by_call(umbra(user), "DELETE", f"{TEMPLATES}/{rows[name].pk}") == page


def test_a_user_lists_their_own_templates_and_the_shared_ones(rows, ann, umbra):
    program = umbra(ann)
    listed = program.get(TEMPLATES)["templates"]
    assert [(row["name"], row["shared"], row["may_change"]) for row in listed] == [
        ("of ann", False, True),
        ("shared", True, False),
    ]
    assert program.get(f"{TEMPLATES}/{rows['shared'].pk}") == listed[1]
    program.get(f"{TEMPLATES}/{rows['of ada'].pk}", expect=404)


def test_sharing_a_template_without_the_permission_is_refused_and_adds_nothing(ann, umbra):
    refused = umbra(ann).post(TEMPLATES, NOTE | {"shared": True}, expect=422)
    assert refused["errors"][0]["parameter"] == "shared"
    assert Template.objects.count() == 0


def test_a_template_is_added_once_deleted_and_brought_back_by_undo(ann, umbra):
    program = umbra(ann)
    made = program.post(TEMPLATES, EMAIL, expect=201, **{"Idempotency-Key": "1"})
    path = program.last["Location"]
    assert program.post(TEMPLATES, EMAIL, expect=201, **{"Idempotency-Key": "1"}) == made
    assert path == f"{TEMPLATES}/{made['id']}"
    program.delete(path, expect=412, **{"If-Match": '"9"'})
    program.patch(path, {"text": "x"}, expect=412, **{"If-Match": '"9"'})
    gone = program.delete(path)["operation"]
    program.get(path, expect=404)
    program.post(f"/api/v2/operations/{gone}/undo", {})
    assert program.get(path)["text"] == EMAIL["text"]


@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_each_call_takes_its_own_right_of_the_token(method, rows, ann, umbra):
    program = umbra(
        ann, [f"templates.{right}" for right in ("get", "post", "put", "delete") if right != method]
    )
    path = f"{TEMPLATES}/{rows['of ann'].pk}"
    calls = {"get": ("GET", path, None), "post": ("POST", TEMPLATES, NOTE), "put": ("PATCH", path, {"text": "x"}), "delete": ("DELETE", path, None)}  # fmt: skip
    program.call(*calls[method])
    assert program.last.status_code == 403
    assert Template.objects.active().count() == 3
