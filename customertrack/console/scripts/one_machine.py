"""The console for a home: one run of it, for each look and each click."""

from customertrack.console.on_one_machine import main

main()
