"""The layers: an app imports only from the layers below it."""

import ast
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[3]
# The layers below each app.
BELOW = {
    "crm": set(),
    "accounts": {"crm"},
    "leads": {"crm", "accounts"},
    "customers": {"crm", "accounts", "leads"},
    "duplicates": {"crm", "accounts", "leads", "customers"},
    "intake": {"crm", "accounts", "leads", "customers", "duplicates"},
    "mailboxes": {"crm", "accounts", "leads", "customers", "duplicates"},
    "calendars": {"crm", "accounts", "leads", "customers", "duplicates", "mailboxes"},
    "bookings": {"crm", "accounts", "leads", "customers", "duplicates", "intake"},
    "mailings": {"crm", "accounts", "leads", "customers", "duplicates", "mailboxes"},
    "sequences": {"crm", "accounts", "leads", "customers", "duplicates", "mailboxes", "mailings"},
    "automations": {"crm", "accounts", "leads", "customers", "duplicates", "intake", "mailboxes", "mailings"}
    | {"calendars", "bookings", "sequences"},
    "reports": {"crm", "accounts", "leads", "customers", "duplicates", "intake", "mailboxes", "mailings"}
    | {"calendars", "bookings", "sequences", "automations"},
    "assistants": {"crm", "accounts", "leads", "customers", "duplicates", "intake", "mailboxes", "mailings"}
    | {"calendars", "bookings", "sequences", "automations", "reports"},
    "privacy": {"crm", "accounts", "leads", "customers", "duplicates", "intake", "mailboxes", "mailings"}
    | {"calendars", "bookings", "sequences", "automations", "reports", "assistants"},
}
# The two files that put the apps together name them but don't import them.
ASSEMBLY = ("crm/settings.py", "crm/urls.py")


def imported_by(text: str) -> set[str]:
    """Our apps that a module imports, at the top or within a function."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        found |= {name.partition(".")[0] for name in names}
    return found & set(BELOW)


def named_by(text: str) -> set[str]:
    """The models of our apps that a module names by string: "leads.Lead"."""
    texts = {node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)}
    parts = [value.split(".") for value in texts if isinstance(value, str) and value.count(".") == 1]
    return {app for app, model in parts if app in BELOW and model[:1].isupper()}


def trespassers(app: str, path: str, text: str) -> list[str]:
    allowed = BELOW[app] | {app}
    found = sorted(imported_by(text) - allowed)
    found += [] if path in ASSEMBLY else sorted(named_by(text) - allowed)
    return [f"{path} knows {other}" for other in found]


def modules(app: str):
    for path in (ROOT / app).rglob("*.py"):
        if "migrations" not in path.parts:
            yield str(path.relative_to(ROOT)), path.read_text()


@pytest.mark.parametrize("app", BELOW)
def test_an_app_imports_only_from_the_layers_below_it(app):
    assert [wrong for path, text in modules(app) for wrong in trespassers(app, path, text)] == []


def test_the_layers_name_every_app_in_the_order_of_the_settings():
    assert list(BELOW) == settings.PRODUCT_APPS
    for place, app in enumerate(BELOW):
        assert BELOW[app] <= set(list(BELOW)[:place])


@pytest.mark.parametrize(
    "text",
    [
        "from leads.models import Lead",
        "import leads.kind",
        "def later():\n    from leads.models import Lead",
        'field = ForeignKey("leads.Lead")',
    ],
)
def test_a_reference_to_a_higher_layer_is_detected(text):
    assert trespassers("crm", "crm/made_up.py", text) == ["crm/made_up.py knows leads"]


def test_the_engine_names_no_record_type():
    """A rule that is only about leads belongs in leads."""
    words = ("leads_lead", "customers_company", '"leads:', '"companies:')
    assert [f"{path}: {word}" for path, text in modules("crm") for word in words if word in text] == []
