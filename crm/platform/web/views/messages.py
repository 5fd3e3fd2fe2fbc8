"""The waiting messages for the user, as a fragment: a list requests them after an inline change."""

from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe


@require_safe
def notices(request):
    return render(request, "_messages.html") if request.htmx else redirect("home")
