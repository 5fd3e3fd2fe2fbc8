"""Assistants: the tools of Leadwell for programs that speak the Model Context Protocol."""
