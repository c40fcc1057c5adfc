"""What each command does, a module for each, imported when it is called: none waits for another's libraries."""
