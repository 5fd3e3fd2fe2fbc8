"""The URLs of the deal screens."""

from crm.records.urls import screens_of, screens_of_board
from leads.urls import screens_of_pipelines

app_name = "deals"
urlpatterns = [*screens_of("deal"), *screens_of_board("deal"), *screens_of_pipelines("deal")]
