"""Texts as somebody sees them."""

# As the console has it in `widgets.plain`: it keeps signs apart in texts that Markdown reads, and takes no room.
_JOINER = "\u2060"


def seen(text: str) -> str:
    """Without what is not seen."""
    return text.replace(_JOINER, "").strip()
