"""The table of anatomy from which the text encoder learns, and how well it knows names that it has not seen."""
