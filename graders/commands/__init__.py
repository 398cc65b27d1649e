"""What each command of `dlgrade` does; `graders.cli` only reads the command line."""
