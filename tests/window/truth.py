# SPDX-License-Identifier: GPL-2.0-or-later
"""What the files beside the captures say: which frame is what."""
import pathlib

import yaml

PCAPS = pathlib.Path(__file__).resolve().parents[2] / "pcaps"


def frames(capture, *labels):
    """The frames with one of these labels, in their order."""
    truth = yaml.safe_load((PCAPS / (capture + ".yaml")).read_text())
    return [number for number, label in truth["frames"].items() if label in labels]
