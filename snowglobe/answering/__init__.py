"""Readers beside the process that writes: it answers them, over a socket beside the file.

`server` answers, `client` asks, `frames` is what goes over the socket, `place` where that is. `reach` finds the way
for a reader: to the process that answers, or to the file itself.
"""
