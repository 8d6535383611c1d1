"""Tables of search: what editors tune and what people did not find."""
