"""Lists and lead pages: every sort, filters, searches, next and last pages, for users of every scope and some awkward ones."""

import re
from html import unescape

from django.contrib.auth.models import Permission

from accounts.models import Role, User
from benchmarks.measure import Figure, browser, page_time
from leads import sorts
from leads.models import Lead, Status
from reports.standard_reports import SHIPPED

# One user of each scope. Carla is in two departments, Dmitri owns a fifth, Emeka and all of Partners have only old leads.
USERS = {
    "admin@demo.example": "sees all",
    "manager@demo.example": "a department",
    "carla.ionescu@demo.example": "two departments",
    "petra.partners@demo.example": "a department of old leads",
    "rep@demo.example": "own and unassigned",
    "dmitri.sokolov@demo.example": "owns a fifth",
    "emeka.obi@demo.example": "sees own only, all old",
}
# No shipped role sees only its own leads, so this user gets one that does.
OWN_ONLY = "emeka.obi@demo.example"

# The "deep" page: this many clicks on "Next".
DEEP = 60


def pages(rounds: int) -> list[Figure]:
    found = []
    narrow(User.objects.get(email=OWN_ONLY))
    for email, words in USERS.items():
        client = browser(email)
        found += list(plain(client, words, rounds))
        for name in sorted(sorts.SORTS.get_names()):
            for sort in (name, f"-{name}"):
                path = f"/admin/leads?all=1&sort={sort}"
                found.append(page_time(client, f"sorted by {sort}", words, path, rounds=max(5, rounds // 5)))
    return found


def narrow(user: User) -> None:
    """Give a user a role that sees only its own leads."""
    role, made = Role.objects.get_or_create(name="Own leads only")
    if made:
        rights = Permission.objects.filter(group__in=user.groups.all()).exclude(codename="see_unassigned")
        role.permissions.set([*rights, Permission.objects.get(codename="see_own")])
    user.groups.set([role])


def reports(client, words: str, rounds: int):
    """The pages of reports that this user may open, and the slowest questions of the builder."""
    measures = "measure=leads&measure=client_rate&measure=value_median&measure=revenue&period=last365"
    paths = {f"report: {report.name}": f"/admin/reports/{report.name}" for report in SHIPPED}
    for fields in ("source&by=owner", "path", "month&by=country"):
        paths[f"new report by {fields.replace('&by=', ' and ')}"] = (
            f"/admin/reports/new?{measures}&by={fields}"
        )
    paths["the leads behind a number"] = "/admin/leads?figure=by%3Dsource%26period%3Dall%26part%3Dwon"
    for name, path in paths.items():
        if client.get(path).status_code == 200:
            yield page_time(client, name, words, path, rounds=max(5, rounds // 5))


def plain(client, words: str, rounds: int):
    first = "/admin/leads?all=1"
    yield page_time(
        client, "the emptiest page: changing the password", words, "/password/change", rounds=rounds
    )
    yield page_time(client, "start page", words, "/admin/today", rounds=rounds)
    deferred = "start page: what it loads afterwards"
    yield page_time(client, deferred, words, "/admin/today/deferred", rounds=rounds)
    status = Status.objects.get(key="qualified").pk
    yield page_time(client, "first page", words, first, rounds=rounds)
    yield page_time(client, "next page", words, next_page(client, first), rounds=rounds)
    yield page_time(client, f"deep page: number {DEEP}", words, deep_page(client, first), rounds=rounds)
    yield page_time(client, "last page", words, f"{first}&last=1", rounds=rounds)
    board = "/admin/leads/board?all=1"
    yield page_time(client, "board", words, board, rounds=rounds)
    one: int | str = User.objects.get(email="dmitri.sokolov@demo.example").pk
    # Not everyone may ask for the leads of others.
    if client.get(f"{board}&owner={one}").status_code != 200:
        one = "me"
    boards = {
        "status Qualified, VIP": f"status={status}&vip=yes",
        "one owner": f"owner={one}",
        "a country": "country=DE",
    }
    for name, query in boards.items():
        yield page_time(client, f"board: {name}", words, f"{board}&{query}", rounds=rounds)
    yield from reports(client, words, rounds)
    filters = {
        "one status, last 30 days": f"status={status}&created=last30",
        "a country, not VIP, by company": "country=DE&vip=no&sort=company",
        "three tags, own": "tags=1&tags=2&tags=3&owner=me",
        "unsubscribed, overdue": "newsletter=unsubscribed&next_action=overdue",
        "a filter that nothing matches": "vip=yes&no_email=on&no_phone=on&shared=yes",
    }
    for name, query in filters.items():
        yield page_time(client, f"filter: {name}", words, f"/admin/leads?{query}", rounds=rounds)
    conditions = {
        "company contains": "company.contains=steel",
        "city is, value above": "city.is=sibiu&value.above=5000",
        "added before": "created_at.before=2026-06-01",
        "more than 30 days in its status": "time_in_status.above=30",
        "changed since a day": "updated_at.since=2026-06-01",
        "a country or part of a company": "any.country=DE&any.company.contains=steel",
        "own department": "owner=team&department=team",
    }
    for name, query in conditions.items():
        yield page_time(client, f"condition: {name}", words, f"/admin/leads?{query}", rounds=rounds)
    searches = {
        "a rare word": "ilinca carpati",
        "a common word": "logistic",
        "two words inside names": "scu sibiu",
        "no match": "xyzzyq",
        "part of a phone number": "0722 12",
    }
    for name, text in searches.items():
        yield page_time(client, f"search: {name}", words, f"/admin/leads?q={text}", rounds=rounds)
    shown = re.findall(r'href="?/admin/leads/(\d+)', client.get(first).text)
    number = int(shown[0]) if shown else Lead.objects.earliest("pk").pk
    yield page_time(client, "lead page", words, f"/admin/leads/{number}", rounds=rounds)
    yield page_time(client, "daily queue", words, "/admin/leads/queue", rounds=rounds)


def deep_page(client, path: str) -> str:
    for _page in range(DEEP - 1):
        path = next_page(client, path)
    return path


def next_page(client, path: str) -> str:
    match = re.search(r'rel="next" href="(\?[^"]+)"', client.get(path).text)
    return f"/admin/leads{unescape(match[1])}" if match else path
