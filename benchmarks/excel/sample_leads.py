"""What the Excel import and export benchmarks share, and the leads they use."""

from collections.abc import Iterator
from pathlib import Path

from accounts.models import User
from leads import fields
from leads.excel import LeadResource
from leads.kind import LEAD
from leads.models import Lead

ROWS = 100_000
EMAIL = "admin@demo.example"
# The columns of a file of 20, not counting the two hidden ones, and of a file of 12.
TWENTY = [name for name in fields.EXCEL if name not in ("id", "version")][:20]
TWELVE = [
    "first_name",
    "last_name",
    "company",
    "email",
    "phone",
    "city",
    "country",
    "zip",
    "status",
    "source",
    "value",
    "description",
]


def taken() -> tuple[User, list[int]]:
    """The user of the benchmarks, and the ids of 100,000 random leads."""
    user = User.objects.with_rights().get(email=EMAIL)
    return user, sorted(Lead.objects.present().order_by("?").values_list("pk", flat=True)[:ROWS])


def rows_of(user: User, ids: list[int], names: list[str]) -> Iterator[list]:
    resource = LeadResource(LEAD, user)
    rows = Lead.objects.filter(pk__any=ids).order_by("-pk").values_list(*resource.get_attributes(names))
    return resource.iterate_rows(rows.iterator(chunk_size=2_000), names)


def peak_memory(process: int, *, forget: bool = False) -> float:
    """The peak memory of a process in MB; with `forget`, its current memory, and the peak is reset."""
    if forget:
        Path(f"/proc/{process}/clear_refs").write_text("5")
    name = "VmRSS:" if forget else "VmHWM:"
    line = next(
        line for line in Path(f"/proc/{process}/status").read_text().splitlines() if line.startswith(name)
    )
    return int(line.split()[1]) / 1024
