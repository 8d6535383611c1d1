"""E-forms: definitions as data, what citizens answer, and the documents made of it. Knows no office."""
