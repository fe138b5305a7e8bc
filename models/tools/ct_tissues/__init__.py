"""Builds the model package `models/ct-tissues`."""
