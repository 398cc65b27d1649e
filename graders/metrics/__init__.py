"""Pure numpy/scipy measures: no files, no students, no points."""
