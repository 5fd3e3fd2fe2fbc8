"""Operations as entries of the audit log."""
