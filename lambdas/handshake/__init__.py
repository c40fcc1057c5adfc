"""The handshake: makes both integrations and tells CloudFormation whom to trust."""
