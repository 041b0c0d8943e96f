"""Statistics on counts. Nothing in here knows images, models or torch."""
