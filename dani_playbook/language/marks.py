"""Marks: mappings and lists that know where they were written."""

from typing import Any

Place = tuple[int, int, int]
"""Line and column from 1, and length in characters, 0 where it isn't on one line."""

Places = tuple[int, int, int, int, int, int]
"""The place of a key, then of its value."""


class Map(dict[str, Any]):
    """A mapping and its places by key. Compares as the mapping alone."""

    __slots__ = ("place", "places")

    def __init__(self, place: Place = (1, 1, 0)) -> None:
        self.place = place
        self.places: dict[str, Places] = {}

    def put(self, key: str, value: Any, places: Places) -> None:
        self[key] = value
        self.places[key] = places

    def key_place(self, key: str) -> Place:
        return self.places[key][:3]

    def at(self, key: str) -> Place:
        """Where the value of ``key`` is, or its key where the value has no length of its own."""
        places = self.places.get(key)
        if places is None:
            return self.place
        return places[3:] if places[5] else places[:3]


class Items(list[Any]):
    """A list and the places of its items. Compares as the list alone."""

    __slots__ = ("place", "places")

    def __init__(self, place: Place = (1, 1, 0)) -> None:
        self.place = place
        self.places: list[Place] = []

    def put(self, value: Any, place: Place) -> None:
        self.append(value)
        self.places.append(place)

    def at(self, index: int) -> Place:
        return self.places[index] if index < len(self.places) else self.place
