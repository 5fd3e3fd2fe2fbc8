"""The forms in which a typed text becomes a draft, and typing into them."""

from dataclasses import dataclass

TEXT = "Wants two pumps by March"


@dataclass(frozen=True)
class Typed:
    """A form: its page below the lead's, its text, and the button that saves it."""

    path: str
    field: str
    save: str
    before: str = ""


FORMS = {
    "note": Typed("", "#id_activity_text", ".composer .other"),
    "call": Typed(
        "", "#id_activity_text", ".composer [name=outcome][value=no_answer]", ".composer [value=call]"
    ),
    "email": Typed("/email", "#id_text", "#letter [data-kind=primary]"),
    "queue": Typed("queue", "#id_note", "#outcome .outcomes button >> nth=0"),
    "edit": Typed("/edit", "#id_title", ".applybar [data-kind=primary]"),
}


def path_of(form: Typed, lead: int) -> str:
    return f"/admin/leads/queue?lead={lead}" if form.path == "queue" else f"/admin/leads/{lead}{form.path}"


def type_into(rep, form: Typed, lead: int, page=None) -> None:
    page = page or rep.page
    page.goto(path_of(form, lead))
    if form.before:
        page.locator(form.before).check()
    page.locator(form.field).fill("")
    page.locator(form.field).press_sequentially(TEXT)
