"""The container Engine: the one door to it, and the images that jobs run in."""
