"""Numbers of the driver's own errors that callers look for."""

ER_WIF_CREDENTIALS_NOT_FOUND = 251018
