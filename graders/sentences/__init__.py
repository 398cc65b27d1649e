"""What students read: one table of sentences for the vocabulary, one for each notebook."""
