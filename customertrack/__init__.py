"""CustomerTrack: a slowly-changing-dimension pipeline, on Snowflake and on one machine."""
