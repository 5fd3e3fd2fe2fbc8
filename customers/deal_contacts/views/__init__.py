"""The screens of the contacts of a deal."""
