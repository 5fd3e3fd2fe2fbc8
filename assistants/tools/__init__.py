"""The tools: each is a declaration and the calls of API v2 that it makes."""
