"""The registers (RPW incoming, RPWY outgoing, internal): one numbered line per item, whatever its channel."""
