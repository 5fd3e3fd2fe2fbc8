"""Our defaults for Django REST framework: a call is let in, carried out in one transaction, answered and logged."""
