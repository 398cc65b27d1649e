"""Types, errors, intake, pipeline, store: grading itself, whatever the notebook."""
