"""Pages: one per student, one per class. Plain data in (`views`), HTML out (`render`)."""
