"""The measures of leads, which the reference and the examples know. Those of other subjects are tested report by report."""

from reports.engine.measures import MEASURE_PARTS, MEASURES


def is_of_leads(name: str) -> bool:
    """Leads that are still in a status belong to the report of times in statuses."""
    parts = [MEASURE_PARTS[part] for part in MEASURES[name].parts if part in MEASURE_PARTS]
    return name != "still_there" and all(part.subject == "leads" for part in parts)


OF_LEADS = {name: measure for name, measure in MEASURES.items() if is_of_leads(name)}
