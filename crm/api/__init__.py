"""Our defaults for Django REST framework: a call is authenticated, runs in one transaction, gets a response, and is
logged."""
