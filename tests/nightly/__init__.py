"""What is too long for every commit: parts of less than half an hour, and when each last passed."""
