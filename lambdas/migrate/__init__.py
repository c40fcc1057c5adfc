"""The migrations: applies sql/ when the stack is deployed, and sees that the pipe runs."""
