"""How many records a user is told that they will no longer see after a change of many."""

from types import SimpleNamespace

import pytest
from django.db.models import F

from crm.records.editing.bulk_actions import count_out_of_sight
from leads.models import Lead

SALES, EXPORT, AS_IT_IS = "sales", "export", F("department")
# Where a change moves a lead, who moves it, the lead, and whether the user will no longer see it. Ann is in Sales.
MOVES = {
    "to a department of others": (EXPORT, "ann", {}, 1),
    "to a department of the user": (SALES, "ann", {}, 0),
    "to a department of others, by who sees everything": (EXPORT, "ada", {}, 0),
    "a lead that everyone sees": (EXPORT, "ann", {"shared": True}, 0),
    "to the department of each lead, which is the user's": (AS_IT_IS, "ann", {}, 0),
    "to the department of each lead, which is another one": (AS_IT_IS, "ann", {"department": EXPORT}, 1),
    "nowhere": (None, "ann", {}, 0),
}


@pytest.mark.parametrize(("to", "name", "values", "number"), MOVES.values(), ids=MOVES)
def test_how_many_records_a_user_no_longer_sees(to, name, values, number, cast, departments, make_lead):
    own = {
        key: getattr(departments, value) if key == "department" else value for key, value in values.items()
    }
    lead, _other = make_lead(**own), make_lead(**own)
    given = (
        {"vip": True}
        if to is None
        else {"department": getattr(departments, to) if isinstance(to, str) else to}
    )
    verb = SimpleNamespace(get_values=lambda: given)
    assert count_out_of_sight(verb, [lead.pk], Lead, getattr(cast, name)) == number
