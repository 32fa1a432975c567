"""Somebody else's Django project that keeps everything otherwise: every place of a binding, and every way of writing."""
