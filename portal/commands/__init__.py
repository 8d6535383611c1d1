"""What ``wrota`` can do on the command line, one file per command. Part of the composition."""
