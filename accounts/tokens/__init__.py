"""Tokens of programs: their forms and screens."""
