"""Training, evaluation and export of Promptseg's text-prompted head segmenter. See README.md."""
