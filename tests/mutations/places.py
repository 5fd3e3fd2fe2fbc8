"""Finds each scope, permission check, lock and refusal in the code, and rewrites it so that it can be switched off."""

import ast
from dataclasses import dataclass

PACKAGES = (
    "accounts",
    "assistants",
    "automations",
    "bookings",
    "calendars",
    "crm",
    "customers",
    "duplicates",
    "intake",
    "leads",
    "mailboxes",
    "mailings",
    "privacy",
    "product",
    "reports",
    "sequences",
)
SCOPES = {"visible_to", "changeable_by", "grantable_by", "assignable_by", "takeable_by", "owned_by"}
LOCKS = {"select_for_update"}
CHECKS = {"has_perm", "has_perms"}
RAISED = {
    "PermissionDenied",
    "UndoRefused",
    "RetirementRefused",
    "RetypeRefused",
    "OutcomeRefused",
    "LastAdministrator",
    "StalePlan",
    "JobProblem",
    "ValidationError",
    "ToolRefused",
}
# Answers of APIs, which refuse with some of their codes.
ANSWERED = {"ApiProblem", "ScimProblem"}
# The codes of answers that refuse what was asked; a 404 is the work of a scope, a 400 of a parser.
REFUSED = {403, 409, 412, 422}
# Functions that check or lock when they are called, as a statement of their own: these, and those whose names begin so.
CALLED = {"one_at_a_time", "locked"}
CALLED_BEGIN = ("check_", "lock_", "refuse_", "require_")
# Whole files in which a list of ("field", "sentence") or an appended code is a refusal.
RULES = (
    "crm/transfer/imports/check/import_rules.py",
    "crm/transfer/imports/check/owner_check.py",
    "leads/imports/lead_import.py",
    "leads/imports/pipeline_import.py",
    "leads/statuses/status_contract.py",
)
LEFT_OUT = ("migrations/", "demo/", "management/", "server/")


@dataclass(frozen=True)
class Place:
    number: int
    path: str
    line: int
    within: str
    what: str
    text: str
    # One of those in a module that decides about data (deciding.py): it is changed, not removed.
    decides: bool = False

    @property
    def name(self) -> str:
        """Its name in known: it survives edits elsewhere in the file."""
        return f"{self.path} {self.within}: {self.text}"


def name_of(node: ast.AST) -> str:
    """The last part of what is called or named: visible_to, PermissionDenied."""
    if isinstance(node, ast.Call):
        return name_of(node.func)
    return getattr(node, "attr", None) or getattr(node, "id", "")


class Rewriter(ast.NodeTransformer):
    def __init__(self, path: str, places: list[Place]) -> None:
        self.path, self.places, self.within = path, places, []
        self.seen: dict[tuple, int] = {}

    def found(self, node: ast.AST, what: str) -> ast.Constant:
        """The number of a new place."""
        return self.place(node, what, " ".join(ast.unparse(node).split())[:110])

    def place(self, node: ast.AST, what: str, text: str, *, decides: bool = False) -> ast.Constant:
        again = self.seen[key] = self.seen.get(key := (".".join(self.within), text), 0) + 1
        text += f" ({again})" if again > 1 else ""
        place = Place(
            len(self.places) + 1, self.path, node.lineno, ".".join(self.within), what, text, decides
        )
        self.places.append(place)
        return ast.Constant(place.number)

    def _definition(self, node):
        self.within.append(node.name)
        if hasattr(node, "args"):
            node.decorator_list = [self.decorator(one) for one in node.decorator_list]
        node = self.generic_visit(node)
        self.within.pop()
        return node

    visit_FunctionDef = visit_AsyncFunctionDef = visit_ClassDef = _definition

    def decorator(self, node: ast.expr) -> ast.expr:
        if name_of(node) == "one_at_a_time":
            return switched("decorator", self.found(node, "lock"), node, here("plain"))
        if isinstance(node, ast.Call) and name_of(node) == "of_kind" and node.args:
            bare = ast.Call(node.func, [], node.keywords)
            return switched("decorator", self.found(node, "permission"), node, bare)
        return node

    def visit_Call(self, node: ast.Call):
        name = name_of(node)
        if name in SCOPES | LOCKS and isinstance(node.func, ast.Attribute) and not of_super(node.func):
            number = self.found(node, "lock" if name in LOCKS else "scope")
            node = self.generic_visit(node)
            given = [node.func.value, ast.Constant(name), *node.args]
            return ast.Call(here("scope"), [number, *given], node.keywords)
        if name in CHECKS and isinstance(node.func, ast.Attribute):
            number = self.found(node, "permission")
            return ast.BoolOp(ast.Or(), [switched("is_off", number), self.generic_visit(node)])
        if name == "permission_required":
            return switched("decorator", self.found(node, "permission"), node, here("plain"))
        if name == "Refusal" and node.args:
            number = self.found(node, "refusal")
            return switched("refusal", number, self.generic_visit(node))
        return self.generic_visit(node)

    def visit_List(self, node: ast.List):
        if self.path in RULES and len(node.elts) == 1 and is_error(node.elts[0]):
            return switched("errors", self.found(node, "refusal"), self.generic_visit(node))
        return self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise):
        if not self.refuses(node):
            return self.generic_visit(node)
        return self.skipped(node, "permission" if name_of(node.exc) == "PermissionDenied" else "refusal")

    def refuses(self, node: ast.Raise) -> bool:
        call, name = node.exc, name_of(node.exc) if node.exc else ""
        if self.path == "crm/api/problems.py":
            return False
        if name not in ANSWERED:
            return name in RAISED
        first = call.args[0] if isinstance(call, ast.Call) and call.args else None
        code = first.value if isinstance(first, ast.Constant) else None
        return code in REFUSED or not isinstance(code, int)

    def visit_Expr(self, node: ast.Expr):
        name = name_of(node.value) if isinstance(node.value, ast.Call) else ""
        if name in CALLED or name.lstrip("_").startswith(CALLED_BEGIN):
            return self.skipped(node, "lock" if "lock" in name or "one_at" in name else "refusal")
        if name == "execute" and "pg_advisory_xact_lock" in ast.unparse(node):
            return self.skipped(node, "lock")
        if name == "add_error" and not of_super(node.value.func):
            return self.skipped(node, "refusal")
        if self.path in RULES and name == "append" and is_code(node.value.args[0]):
            return self.skipped(node, "refusal")
        return self.generic_visit(node)

    def skipped(self, node: ast.stmt, what: str) -> ast.stmt:
        """The statement, unless it is removed."""
        number = self.found(node, what)
        condition = ast.UnaryOp(ast.Not(), switched("is_off", number))
        return ast.If(condition, [self.generic_visit(node)], [])


def of_super(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and name_of(node.value) == "super"


def is_code(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def is_error(node: ast.expr) -> bool:
    """A field and a sentence."""
    return isinstance(node, ast.Tuple) and len(node.elts) == 2 and not is_code(node.elts[1])


def here(name: str) -> ast.Attribute:
    return ast.Attribute(ast.Name("_switch", ast.Load()), name, ast.Load())


def switched(name: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(here(name), list(arguments), [])
