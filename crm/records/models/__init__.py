"""Operations, frozen sets, saved views and merged records."""
