"""Writes workbooks and CSV files row by row."""
