"""Where jobs run; each is named for what it guarantees."""
