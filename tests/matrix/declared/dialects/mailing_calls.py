"""What API v2 does with mailings, mailing lists and the suppression list."""

from tests.matrix.declared.dialects.call import Call

RIGHT = "mailings.{}".format
VIEW = RIGHT("view_mailing")
LISTS, SUPPRESSED = "api/v2/mailing-lists", "api/v2/suppressed-addresses"
VIEW_LIST, VIEW_SUPPRESSED = RIGHT("view_mailinglist"), RIGHT("view_suppression")
ONE_LIST, ONE_ADDRESS = {"of": "mailing list", "dialect": "own"}, {"of": "suppression", "dialect": "own"}
ADDRESS = {"address": "somenew@qq.example"}
MAILING_CALLS = [
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
