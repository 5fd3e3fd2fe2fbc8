"""The URLs of what mailings say: their content, the settings around it, and the pages that their emails link to."""

from tests.matrix.oracle import ANYBODY, Row, form, get, post

RIGHT = "mailings.{}".format
VIEW, CHANGE = RIGHT("view_mailing"), RIGHT("change_mailing")
SENDERS = RIGHT("change_sender")
ALL = "admin/mailings"
ONE = f"{ALL}/<int:pk>"
# Without a language, so that the form is shown again in that of its reader.
CONTENT = {"subject": "somenew", "text": "somenew", "version": "1"}
TEMPLATE = {"name": "somenew", "subject": "somenew", "text": "somenew"}
PUBLIC = "m/<str:token>"
# Of an email of a sequence.
OPT_OUT = "u/<str:token>"
# A recorded open is on the recipient and, by a trigger, on what is known of the address.
OPENED = ("mailings_delivery", "leads_newsletter")

MAILINGS: list[Row] = [
    *get(f"{ONE}/content", VIEW, of="mailing"),
    *post(f"{ONE}/content", VIEW, of="mailing", data=CONTENT | {"preview": "1"}),
    *post(f"{ONE}/content", VIEW, CHANGE, of="mailing", query="save=1", data=CONTENT),
    *post(f"{ONE}/files", CHANGE, of="mailing"),
    *get(f"{ONE}/files/<int:file>", VIEW, of="mailing file"),
    *post(f"{ONE}/files/<int:file>/remove", CHANGE, of="mailing file"),
    *get(f"{ALL}/templates", RIGHT("view_mailingtemplate")),
    *form(f"{ALL}/templates/new", RIGHT("add_mailingtemplate"), data=TEMPLATE),
    *form(f"{ALL}/templates/<int:pk>", RIGHT("change_mailingtemplate"), of="mailing template", data=TEMPLATE),
    *post(f"{ALL}/templates/<int:pk>/delete", RIGHT("delete_mailingtemplate"), of="mailing template"),
    *get(f"{ALL}/lists", RIGHT("view_mailinglist")),
    *form(f"{ALL}/lists/new", RIGHT("add_mailinglist"), data={"name": "somenew"}),
    *form(f"{ALL}/lists/<int:pk>", RIGHT("change_mailinglist"), of="mailing list", data={"name": "somenew"}),
    *get(f"{ALL}/senders", SENDERS),
    *form(f"{ALL}/senders/<int:pk>", SENDERS, of="department", data={"name": "somenew"}),
    *get(PUBLIC, ANYBODY, fixed={"token": "{view_token}"}),
    *form(f"{PUBLIC}/unsubscribe", ANYBODY, fixed={"token": "{unsubscribe_token}"}, data={"from": "all"}),
    *form(OPT_OUT, ANYBODY, fixed={"token": "{sequence_token}"}),
    *get(
        f"{PUBLIC}/to/<int:link>",
        ANYBODY,
        fixed={"token": "{click_token}", "link": "{mailing_link}"},
        writes=("mailings_click", *OPENED),
    ),
    *get(f"{PUBLIC}/open.gif", ANYBODY, fixed={"token": "{open_token}"}, writes=OPENED),
]
