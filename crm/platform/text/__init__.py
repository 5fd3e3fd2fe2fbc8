"""Texts: Markdown, folding, plain forms."""
