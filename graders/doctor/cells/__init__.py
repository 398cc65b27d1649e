"""What the probes run inside the sandbox: sources of notebook cells, never imported by the host."""
