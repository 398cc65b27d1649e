"""What students get: nbgrader source notebooks and where their data comes from."""
