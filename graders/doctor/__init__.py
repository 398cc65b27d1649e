"""Hostile probes that tell what a sandbox holds back, and what it does not."""
