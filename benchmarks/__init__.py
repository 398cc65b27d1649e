"""Speed, measured in pairs within one run; no timed tests."""
