"""The Model Context Protocol over HTTP, without sessions: one request, one answer."""
