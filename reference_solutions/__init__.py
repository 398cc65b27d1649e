"""The staff's own solutions and everything that follows from them."""
