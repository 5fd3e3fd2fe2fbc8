"""The URLs of sequences: those of Settings, and those of the leads and contacts in them."""

from django.urls import path

from sequences.models.sequence import SEQUENCED
from sequences.views import (
    coming_email,
    sequence,
    sequence_delete,
    sequence_form,
    sequence_switch,
    sequences,
    start,
    stop,
)

FOLDERS = {"lead": "leads", "contact": "contacts"}

app_name = "sequences"
urlpatterns = [
    path("sequences", sequences.sequences, name="list"),
    path("sequences/order", sequences.order, name="order"),
    path("sequences/new", sequence_form.sequence_new, name="new"),
    path("sequences/<int:pk>", sequence.sequence, name="sequence"),
    path("sequences/<int:pk>/edit", sequence_form.sequence_edit, name="edit"),
    path("sequences/<int:pk>/switch", sequence_switch.switch, name="switch"),
    path("sequences/<int:pk>/delete", sequence_delete.sequence_delete, name="delete"),
    path("sequences/<int:pk>/stop", stop.stop_selected, name="stop"),
]
for _name in SEQUENCED:
    _page = f"{FOLDERS[_name]}/<int:pk>/sequence"
    urlpatterns += [
        path(f"{_page}/start", start.start, {"kind": _name}, name=f"{_name}_start"),
        path(f"{_page}/stop", stop.stop, {"kind": _name}, name=f"{_name}_stop"),
        path(f"{_page}/emails/<str:key>", coming_email.coming_email, {"kind": _name}, name=f"{_name}_email"),
    ]
