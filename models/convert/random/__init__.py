"""Models with seeded random weights, in the published formats: for tests, since the real ones are large and far away. Their
vectors mean nothing; their scales and outliers are like those of trained networks."""
