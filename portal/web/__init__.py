"""What every page needs and no page owns: errors, CSRF, CSP, widgets, caching."""
