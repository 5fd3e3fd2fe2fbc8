"""What a text of a cell means: numbers, dates, amounts, names, yes and no."""
