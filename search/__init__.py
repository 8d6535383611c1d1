"""Full-text search in Polish over everything a person may see."""
