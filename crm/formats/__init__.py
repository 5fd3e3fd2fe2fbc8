"""How dates are written in each language, where Django’s ways differ from the product’s."""
