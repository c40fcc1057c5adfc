"""The console in Snowflake: the file that Streamlit runs there."""

from customertrack.console.in_snowflake import main

main()
