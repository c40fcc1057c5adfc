"""What belongs to the account: users, roles, grants, integrations, and whom AWS has to trust."""
