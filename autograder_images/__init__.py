"""What a sandbox is made of; the probe runs inside it."""
