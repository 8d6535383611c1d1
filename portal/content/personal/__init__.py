"""Personal data before publication: found in texts and files, decided one by one, really removed."""
