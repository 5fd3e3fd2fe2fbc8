"""All tools, in the order in which programs list them."""

from assistants.tools import acting, bulk, finding, undoing
from assistants.tools.tool import Tool

TOOLS: dict[str, Tool] = {
    tool.name: tool for tool in [*finding.TOOLS, *acting.TOOLS, *bulk.TOOLS, *undoing.TOOLS]
}
