"""The messages that wait for the reader, as a fragment: a list whose row was changed in place asks for them."""

from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe


@require_safe
def notices(request):
    return render(request, "_messages.html") if request.htmx else redirect("home")
