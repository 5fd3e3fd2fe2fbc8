"""What API v2 does with the queue, stuck leads, dashboards and goals."""

from tests.matrix.declared.dialects.call import Call
from tests.matrix.oracle import CHANGES, SEES

QUEUE_PATH, LEAD = "api/v2/queue", {"of": "lead", "dialect": "own"}
WORKS = (SEES, CHANGES)
# The lead isn't as it was seen, or is someone else's.
STALE = (409, 412)
QUEUE = [
    Call("GET", QUEUE_PATH, "leads.get", (SEES,), dialect="own"),
    Call("GET", f"{QUEUE_PATH}/<str:pk>", "leads.get", (SEES,), **LEAD),
    Call("POST", f"{QUEUE_PATH}/claim", "leads.put", WORKS, dialect="own"),
    Call("POST", f"{QUEUE_PATH}/restore", "leads.put", WORKS, dialect="own"),
    Call(
        "POST",
        f"{QUEUE_PATH}/<str:pk>/outcome",
        "leads.put",
        WORKS,
        data={"outcome": "reached", "seen": "0-0"},
        answers=STALE,
        **LEAD,
    ),
    Call(
        "POST",
        f"{QUEUE_PATH}/<str:pk>/skip",
        "leads.put",
        WORKS,
        data={"reason": "later", "seen": "0-0"},
        answers=STALE,
        **LEAD,
    ),
    Call("GET", "api/v2/stuck-leads", "leads.get", (SEES,), dialect="own"),
    # No lead of the world is stuck.
    Call(
        "POST",
        "api/v2/stuck-leads/remind",
        "leads.put",
        WORKS,
        data={"lines": [{"owner": None, "status": 999_999_999}]},
        answers=(422,),
        dialect="own",
    ),
]
REPORTS, GOALS = "reports.view_report", "api/v2/goals"
GOAL = {"of": "goal", "dialect": "own"}
DASHBOARD = "api/v2/dashboards/<str:pk>"
NEW_GOAL = {"month": "{month}", "user": 999_999_999, "measure": "meetings", "target": 12}
STEERING = [
    Call("GET", "api/v2/dashboards", "reports.get", (REPORTS,), dialect="own"),
    Call("GET", DASHBOARD, "reports.get", (REPORTS,), of="dashboard", dialect="own"),
    Call(
        "GET",
        f"{DASHBOARD}/parts/<str:part>",
        "reports.get",
        (REPORTS,),
        of="dashboard part",
        dialect="own",
    ),
    Call("GET", GOALS, "goals.get", (SEES,), dialect="own"),
    # There is no such user.
    Call(
        "POST", GOALS, "goals.post", (SEES, "reports.add_goal"), data=NEW_GOAL, answers=(422,), dialect="own"
    ),
    Call(
        "POST",
        f"{GOALS}/copy",
        "goals.post",
        (SEES, "reports.add_goal"),
        data={"month": NEW_GOAL["month"]},
        dialect="own",
    ),
    Call("GET", f"{GOALS}/<str:pk>", "goals.get", (SEES,), **GOAL),
    Call(
        "PATCH", f"{GOALS}/<str:pk>", "goals.put", (SEES, "reports.change_goal"), data={"target": 12}, **GOAL
    ),
    Call("DELETE", f"{GOALS}/<str:pk>", "goals.delete", (SEES, "reports.delete_goal"), **GOAL),
]
