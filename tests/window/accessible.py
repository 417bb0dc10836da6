# SPDX-License-Identifier: GPL-2.0-or-later
"""What a program shows, as it tells people who cannot see the screen: trees of widgets with roles, names and places."""
import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402


# In milliseconds, for an answer and for a program's first one: on a busy machine the 0.8 s that are usual are too short.
Atspi.set_timeout(10_000, 60_000)


def applications():
    desktop = Atspi.get_desktop(0)
    desktop.set_cache_mask(Atspi.Cache.NONE)
    found = children(desktop)
    for application in found:
        application.set_cache_mask(Atspi.Cache.NONE)   # for all in it
    return found


def children(widget, count=None):
    """All of them, or the first ones."""
    try:
        count = widget.get_child_count() if count is None else min(count, widget.get_child_count())
        found = [widget.get_child_at_index(index) for index in range(count)]
    except GLib.Error:   # it is gone
        return []
    return [child for child in found if child is not None]


def name(widget):
    try:
        return widget.get_name() or ""
    except GLib.Error:
        return ""


# Names that newer releases of the accessibility library have for the same thing.
SAME_ROLE = {"button": "push button", "push button menu": "push button"}


def role(widget):
    try:
        found = widget.get_role_name()
        return SAME_ROLE.get(found, found)
    except GLib.Error:
        return ""


def is_showing(widget):
    try:
        return widget.get_state_set().contains(Atspi.StateType.SHOWING)
    except GLib.Error:
        return False


def is_checked(widget):
    return widget.get_state_set().contains(Atspi.StateType.CHECKED)


# Large, and read by their own means.
CLOSED = ("tree", "table", "menu bar")


def walk(widget):
    """The widget and all in it."""
    yield widget
    if role(widget) not in CLOSED:
        for child in children(widget):
            yield from walk(child)


def find_all(within, wanted_role, wanted_name=None, showing=False):
    for each in walk(within):
        if role(each) == wanted_role and (wanted_name is None or name(each) == wanted_name) \
                and (not showing or is_showing(each)):
            yield each


def find(within, wanted_role, wanted_name=None, showing=False):
    """The first one, None if there is none."""
    return next(find_all(within, wanted_role, wanted_name, showing), None)


def place(widget):
    """Left, top, width and height on the screen."""
    box = Atspi.Component.get_extents(widget, Atspi.CoordType.SCREEN)
    return box.x, box.y, box.width, box.height


def centre(widget):
    left, top, width, height = place(widget)
    return left + width // 2, top + height // 2


def text(widget):
    """What stands in a field that one can write in."""
    return Atspi.Text.get_text(widget, 0, Atspi.Text.get_character_count(widget))
