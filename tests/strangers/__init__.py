"""Whole notebooks by people who knew the released assignment and nothing else."""
