"""Trains and measures the network that corrects a mask from clicks, scribbles and a box; see README.md."""
