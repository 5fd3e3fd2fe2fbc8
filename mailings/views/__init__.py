"""The screens of mailings."""
