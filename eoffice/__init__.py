"""The electronic office: channels, register, cases, letters, and the faces of clerks and citizens."""
