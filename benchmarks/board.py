"""Moving a card on the board: what a drop sends, and the card that comes back."""

from itertools import cycle

from accounts.models import User
from benchmarks.measure import Figure, browser, time_of
from leads.models import Lead, Status

BOARD = "/admin/leads/board"


def move_time(email: str, words: str, rounds: int) -> Figure | None:
    """One of the user's new leads, to the next status and back; None for a user who may change none."""
    user = User.objects.with_rights().get(email=email)
    places = {status.key: status.pk for status in Status.objects.all()}
    rows = Lead.objects.present().changeable_by(user).in_statuses([places["new"]])
    lead = rows.order_by("-pk").values_list("pk", flat=True).first()
    if lead is None:
        return None
    client, columns = browser(email), cycle([places["contacted"], places["new"]])
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{BOARD}?all=1"}

    def move() -> None:
        column = next(columns)
        answer = client.post(f"{BOARD}/{lead}/move", {"column": column, "board": "all=1"}, headers=headers)
        assert answer.status_code == 200
        assert Lead.objects.filter(pk=lead, status=column).exists()

    return time_of(move, "a move on the board", words, rounds=rounds)
