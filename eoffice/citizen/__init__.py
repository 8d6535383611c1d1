"""The citizen's face of the office: "Moje sprawy" and the public view of a case."""
