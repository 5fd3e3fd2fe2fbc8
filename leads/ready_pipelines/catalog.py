"""The ready-made pipelines by name, in the order of their page."""

from leads.ready_pipelines.ready_pipeline import ReadyPipeline
from leads.ready_pipelines.sets.agency import AGENCY
from leads.ready_pipelines.sets.b2b_sales import B2B_SALES
from leads.ready_pipelines.sets.events import EVENTS
from leads.ready_pipelines.sets.field_services import FIELD_SERVICES
from leads.ready_pipelines.sets.real_estate import REAL_ESTATE

READY_PIPELINES: dict[str, ReadyPipeline] = {
    ready.name: ready for ready in (B2B_SALES, FIELD_SERVICES, REAL_ESTATE, AGENCY, EVENTS)
}
