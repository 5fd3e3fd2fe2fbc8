"""Lists of leads by their URL query, and all their pages."""

from django.http import QueryDict

from crm.records.listing.record_list import RecordList
from leads.kind import LEAD

PEOPLE = ["Zoe", "adam", "Éric", "Eva", "Østergaard", "Ștefan", "Stone"]


def listing(user, query="", **keywords):
    return RecordList(LEAD, QueryDict(query), user, **keywords)


def walk(user, query, size=3):
    """All ids of a list, page by page forward; each page's "previous" must lead to the page before it."""
    found, after, before_last = [], "", []
    for _page in range(100):
        page = listing(user, f"{query}&after={after}" if after else query).get_page(size)
        if before_last and page.previous:
            back = listing(user, f"{query}&before={page.previous}").get_page(size)
            assert back.ids == before_last
        found += page.ids
        before_last = page.ids
        after = page.next
        if not after:
            return found
    raise AssertionError("the pages never end")
