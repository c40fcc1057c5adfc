"""What a refresh costs, side by side with other tools and with the floor: `python -m benchmarks`."""
