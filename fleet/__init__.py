# SPDX-License-Identifier: GPL-2.0-or-later
"""A fleet's captures judged as one: docs/fleet.md."""
