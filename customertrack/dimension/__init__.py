"""A dimension as a short definition in TOML: what it says, what is wrong with it, and a guess at one from files."""
