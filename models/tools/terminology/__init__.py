"""The table of codes for every target, and its checks."""
