"""Scores: which leads deserve a call first, by rules of points that the company sets."""
