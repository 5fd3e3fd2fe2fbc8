"""The URLs of incoming webhooks."""

from tests.matrix.oracle import ANYBODY, Row, form, get, post

INCOMING = "admin/api/incoming"
ONE = f"{INCOMING}/<int:pk>"
OF_ONE = {"of": "incoming"}
RIGHT = "intake.{}_incomingwebhook".format
VIEW, ADD, CHANGE, DELETE = map(RIGHT, ("view", "add", "change", "delete"))
NEW = {
    "name": "Websiteqq",
    "makes": "lead",
    "proof": "address",
    "signature_header": "X-Signature",
    "signature_format": "hex",
    "department": "{department}",
    "duplicates": "add",
    "calls_a_minute": "60",
    "days_kept": "30",
}
# For programs: a signature or a secret instead of a token in a form.
CALLS = "hooks/<str:public_id>"
INTAKE: list[Row] = [
    *get(CALLS, ANYBODY, fixed={"public_id": "wrong"}, answers=(401,)),
    *post(CALLS, ANYBODY, fixed={"public_id": "wrong"}, answers=(401,)),
    *get(INCOMING, VIEW),
    *form(f"{INCOMING}/new", ADD, data=NEW),
    *get(ONE, VIEW, **OF_ONE),
    *form(f"{ONE}/edit", CHANGE, data=NEW, **OF_ONE),
    *post(f"{ONE}/secret", CHANGE, **OF_ONE),
    *form(
        f"{ONE}/mapping", CHANGE, data={"path": ["some.path"], "field": ["email"], "version": "1"}, **OF_ONE
    ),
    *post(f"{ONE}/repeat", CHANGE, **OF_ONE),
    *get(f"{ONE}/calls/<int:call>", VIEW, of="incoming call"),
    *form(f"{ONE}/delete", DELETE, **OF_ONE),
]
