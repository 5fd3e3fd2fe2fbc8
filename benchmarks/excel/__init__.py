"""Imports and exports, measured."""
