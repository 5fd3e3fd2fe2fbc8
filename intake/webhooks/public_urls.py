"""The address at which programs deliver: its secret is taken out of the path before (crm/api/api_middleware.py)."""

from django.urls import path

from intake.webhooks.views import receive

urlpatterns = [path("<str:public_id>", receive.receive, name="incoming_call")]
