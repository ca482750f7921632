class ConvertError(Exception):
    """Something that the user can do something about: one sentence."""
