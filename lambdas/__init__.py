"""What runs in AWS Lambda: sign-in, the handshake with Snowflake, the migrations, the watch. Handlers are thin."""
