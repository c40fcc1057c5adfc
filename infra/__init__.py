"""The AWS side as one CDK stack. Run-time code is known here by path only."""
