"""What every room stands on: errors, registries, randomness, devices, files of results."""
