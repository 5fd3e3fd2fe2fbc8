"""All tools, in the order in which programs list them."""

from assistants.tools import acting, bulk, converting, finding, merging, reporting, scheduling, undoing
from assistants.tools.tool import Tool

TOOLS: dict[str, Tool] = {
    tool.name: tool
    for tool in [
        *finding.TOOLS,
        *reporting.TOOLS,
        *acting.TOOLS,
        *converting.TOOLS,
        *scheduling.TOOLS,
        *bulk.TOOLS,
        *merging.TOOLS,
        *undoing.TOOLS,
    ]
}
