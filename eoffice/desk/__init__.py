"""The clerk's face of the office: ``/biuro/``."""
