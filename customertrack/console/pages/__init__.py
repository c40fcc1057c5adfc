"""The pages: a module for each, with `show(page)`."""
