"""What stands at the root of the app in Snowflake: the file that it begins with, its environment, its settings."""
