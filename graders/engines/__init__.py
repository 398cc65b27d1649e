"""How jobs are spread."""
