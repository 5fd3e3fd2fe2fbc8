"""The screens of consent."""
