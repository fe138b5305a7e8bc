"""Forms of image graphs in 8-bit integers, for processors that multiply them faster than float32."""
