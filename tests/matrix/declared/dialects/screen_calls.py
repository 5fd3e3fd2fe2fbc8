"""What API v2 does of what people do on screens: counting, Trash, moving activities, sending again, and jobs."""

from tests.matrix.declared.dialects.call import Call
from tests.matrix.oracle import CHANGES, ON_RECORDS, SEES

OWN = "api/v2"

MANY = {
    "lead": "leads",
    "company": "companies",
    "contact": "contacts",
    "deal": "deals",
    "request": "requests",
}
LISTS = [
    one
    for name, many in MANY.items()
    for sees, deletes in [(ON_RECORDS[name].view, ON_RECORDS[name].delete)]
    for one in (
        Call("GET", f"{OWN}/{many}/count", f"{many}.get", (sees,), dialect="own"),
        Call("GET", f"{OWN}/{many}/trash", f"{many}.get", (sees, deletes), dialect="own"),
        Call(
            "POST",
            f"{OWN}/{many}/<str:pk>/restore",
            f"{many}.delete",
            (sees, deletes),
            of=f"binned {name}",
            changes=True,
            dialect="own",
        ),
    )
]
NOTE = {"rights": (SEES, CHANGES), "of": "lead note", "changes": True, "dialect": "own"}
ACTIVITIES = [
    # To a record that doesn't exist.
    Call(
        "POST",
        f"{OWN}/activities/<str:pk>/move",
        "activities.put",
        data={"of": "lead", "record": 999_999_999},
        answers=(422,),
        **NOTE,
    ),
    # A note has no email.
    Call("POST", f"{OWN}/activities/<str:pk>/send", "emails.post", answers=(409,), **NOTE),
]
JOB = {"of": "job", "dialect": "own"}
JOBS = [
    Call("GET", f"{OWN}/jobs/<str:pk>", "operations.get", (SEES,), **JOB),
    Call("POST", f"{OWN}/jobs/<str:pk>/cancel", "operations.post", (SEES,), answers=(200, 409), **JOB),
    # The jobs of the matrix have left nothing.
    Call("POST", f"{OWN}/jobs/<str:pk>/continue", "operations.post", (SEES,), answers=(409,), **JOB),
]
