"""Employments: the positions that contacts have or had at companies."""
