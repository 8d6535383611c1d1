"""The SOAP services, one module each; ``server`` puts them on their addresses."""
