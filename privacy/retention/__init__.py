"""Retention: which leads are due by the rules, announcing and deleting them every night, and keeping some of them."""
