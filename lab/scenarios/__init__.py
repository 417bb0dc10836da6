# SPDX-License-Identifier: GPL-2.0-or-later
"""The scenarios, by subject; the order here is the order in which they are told."""

# Each registers its scenarios when it is imported.
from . import (  # noqa: F401
    outcomes,
    both_ends,
    half_closed,
    closed_windows,
    sent_again,
    captures,
    late_options,
    on_the_wire,
    other_systems,
    other_stacks,
    by_hand,
    settings,
    silence,
)
