"""What Streamlit runs. Not beside pages/, of which it would take each module for a script of its own."""
