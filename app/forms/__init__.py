"""Forms: inputs, models and settings as controls, each with a one-line explanation and a place in the URL."""
