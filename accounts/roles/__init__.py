"""Roles: their permissions, their initial data and who shared things are meant for."""
