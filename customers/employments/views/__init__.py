"""The screens of employments."""
