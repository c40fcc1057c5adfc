"""SQL as text: statements, deploy-time variables, identifiers. Needs the standard library alone."""
