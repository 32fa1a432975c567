"""Changes of settings have no word of their own."""

SETTING_MARKS: tuple[str, ...] = ()
