"""Who gets no more mailings."""
