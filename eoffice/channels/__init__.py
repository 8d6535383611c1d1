"""Ways in and out of the office. To add one, copy the nearest folder."""
