"""What API v2 does with mailings, mailing lists, the suppression list and the purposes of consent."""

from tests.matrix.declared.dialects.call import Call

RIGHT = "mailings.{}".format
VIEW = RIGHT("view_mailing")
LISTS, SUPPRESSED = "api/v2/mailing-lists", "api/v2/suppressed-addresses"
VIEW_LIST, VIEW_SUPPRESSED = RIGHT("view_mailinglist"), RIGHT("view_suppression")
ONE_LIST, ONE_ADDRESS = {"of": "mailing list", "dialect": "own"}, {"of": "suppression", "dialect": "own"}
ADDRESS = {"address": "somenew@qq.example"}
ALL, ONE = "api/v2/mailings", "api/v2/mailings/<str:pk>"
OF_ONE = {"of": "mailing", "dialect": "own"}
WRITES = (VIEW, RIGHT("change_mailing"))
SENDS = (VIEW, RIGHT("send_mailing"))
NEW = {"subject": "somenew", "of": "lead", "department": "{department}"}


def step(name: str) -> Call:
    """A draft can't take it: nothing changes."""
    return Call("POST", f"{ONE}/{name}", "mailing_sending.post", SENDS, answers=(409,), **OF_ONE)


CONSENT, PURPOSES = "customers.change_consentpurpose", "api/v2/consent-purposes"
ONE_PURPOSE = {"of": "consent purpose", "dialect": "own"}
PURPOSE_CALLS = [
    Call("GET", PURPOSES, "consent_purposes.get", (CONSENT,), dialect="own"),
    Call("POST", PURPOSES, "consent_purposes.post", (CONSENT,), data={"name": "somepurpose"}, dialect="own"),
    Call("GET", f"{PURPOSES}/<str:pk>", "consent_purposes.get", (CONSENT,), **ONE_PURPOSE),
    Call(
        "PATCH",
        f"{PURPOSES}/<str:pk>",
        "consent_purposes.put",
        (CONSENT,),
        data={"name": "someother"},
        **ONE_PURPOSE,
    ),
    Call(
        "PUT",
        f"{PURPOSES}/<str:pk>/text",
        "consent_purposes.put",
        (CONSENT,),
        data={"language": "en", "text": "someword"},
        **ONE_PURPOSE,
    ),
]
MAILING_CALLS = [
    *PURPOSE_CALLS,
    Call("GET", ALL, "mailings.get", (VIEW,), dialect="own"),
    Call(
        "POST",
        ALL,
        "mailings.post",
        (VIEW, RIGHT("add_mailing")),
        data=NEW,
        answers=(201, 422),
        dialect="own",
    ),
    Call("GET", ONE, "mailings.get", (VIEW,), **OF_ONE),
    Call("PATCH", ONE, "mailings.put", WRITES, data={"pause_days": 7}, answers=(200, 422), **OF_ONE),
    Call("DELETE", ONE, "mailings.delete", (VIEW, RIGHT("delete_mailing")), **OF_ONE),
    Call("PATCH", f"{ONE}/content", "mailings.put", WRITES, data={"text": "somenew"}, **OF_ONE),
    Call("GET", f"{ONE}/recipients", "mailings.get", (VIEW,), **OF_ONE),
    Call(
        "POST",
        f"{ONE}/send",
        "mailing_sending.post",
        SENDS,
        data={"seen": "some"},
        answers=(409, 422),
        **OF_ONE,
    ),
    *(step(name) for name in ("pause", "resume", "cancel")),
    Call("GET", LISTS, "mailing_lists.get", (VIEW_LIST,), dialect="own"),
    Call(
        "POST",
        LISTS,
        "mailing_lists.post",
        (VIEW_LIST, RIGHT("add_mailinglist")),
        data={"name": "Someqq"},
        dialect="own",
    ),
    Call("GET", f"{LISTS}/<str:pk>", "mailing_lists.get", (VIEW_LIST,), **ONE_LIST),
    Call(
        "PATCH",
        f"{LISTS}/<str:pk>",
        "mailing_lists.put",
        (VIEW_LIST, RIGHT("change_mailinglist")),
        data={"name": "Someqq"},
        **ONE_LIST,
    ),
    Call("GET", SUPPRESSED, "suppressed_addresses.get", (VIEW_SUPPRESSED,), dialect="own"),
    Call(
        "POST",
        SUPPRESSED,
        "suppressed_addresses.post",
        (VIEW_SUPPRESSED, RIGHT("add_suppression")),
        data=ADDRESS,
        dialect="own",
    ),
    Call("GET", f"{SUPPRESSED}/<str:pk>", "suppressed_addresses.get", (VIEW_SUPPRESSED,), **ONE_ADDRESS),
    Call(
        "DELETE",
        f"{SUPPRESSED}/<str:pk>",
        "suppressed_addresses.delete",
        (VIEW_SUPPRESSED, RIGHT("delete_suppression")),
        **ONE_ADDRESS,
    ),
]
