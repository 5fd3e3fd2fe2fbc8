"""The holidays of the demo company: those of its two larger departments, this year and next, and one of all departments."""

from datetime import date, timedelta

from django.utils import timezone

from accounts.models import Absence, Department, Holiday, User
from crm.platform.configuration.environment import Say

# By department: month, day and name.
HOLIDAYS = {
    "Sales Romania": [
        (1, 2, "Anul Nou"),
        (1, 24, "Ziua Unirii"),
        (5, 1, "Ziua Muncii"),
        (8, 15, "Adormirea Maicii Domnului"),
        (11, 30, "Sfântul Andrei"),
        (12, 1, "Ziua Națională"),
    ],
    "Sales Europe": [
        (5, 1, "Tag der Arbeit"),
        (10, 3, "Tag der Deutschen Einheit"),
        (12, 24, "Heiligabend"),
    ],
    # Of all departments.
    "": [(1, 1, "New Year"), (12, 25, "Christmas"), (12, 26, "Second day of Christmas")],
}
# Who is away soon, and who replaces them.
AWAY, SUBSTITUTE = "ioana.vasile@demo.example", "stefan.dumitru@demo.example"
# Who was away: since how many days ago, and for how many days.
WAS_AWAY = [("zoe.hartmann", 20, 5), ("andrei.munteanu", 40, 12), ("stefan.dumitru", 9, 2), ("rep", 55, 4)]


def add_holidays(total: int, say: Say) -> None:
    """Once: a company that has holidays keeps them."""
    if not Holiday.objects.exists():
        year, departments = timezone.localdate().year, {row.name: row for row in Department.objects.all()}
        Holiday.objects.bulk_create(
            Holiday(day=date(each, month, day), name=name, department=departments.get(department))
            for department, days in HOLIDAYS.items()
            for month, day, name in days
            for each in (year, year + 1)
        )
        users = {user.email: user for user in User.objects.filter(email__endswith="@demo.example")}
        today = timezone.localdate()
        first = today + timedelta(days=12)
        Absence.objects.create(
            user=users[AWAY], first=first, last=first + timedelta(days=4), substitute=users[SUBSTITUTE]
        )
        Absence.objects.bulk_create(
            Absence(
                user=users[f"{name}@demo.example"],
                first=today - timedelta(days=ago),
                last=today - timedelta(days=ago - length + 1),
            )
            for name, ago, length in WAS_AWAY
        )
