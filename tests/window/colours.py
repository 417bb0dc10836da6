# SPDX-License-Identifier: GPL-2.0-or-later
"""The profile's colouring rules, and how different colours look, also to people who see fewer of them."""
import collections
import pathlib
import re

FILE = pathlib.Path(__file__).resolve().parents[2] / "profiles/TCP Keep-Alive/colorfilters"
RULE = re.compile(r"@(?P<name>[^@]*)@(?P<filter>.*)@\[(?P<background>[\d,]+)\]\[(?P<text>[\d,]+)\]")

Rule = collections.namedtuple("Rule", "name filter background text")


def rules():
    """In the order in which they are tried. Colours are (red, green, blue) from 0 to 255."""
    found = []
    for line in FILE.read_text().splitlines():
        if line.startswith("#"):
            continue
        match = RULE.fullmatch(line)
        assert match, "not a colouring rule: " + line
        found.append(Rule(match["name"], match["filter"], *(
            tuple(int(part) >> 8 for part in match[colour].split(",")) for colour in ("background", "text"))))
    return found


def rule(beginning):
    return next(each for each in rules() if each.name.startswith(beginning))


def own_rules():
    """Those that are not Wireshark's."""
    return [each for each in rules() if "keepalive" in each.filter]


def linear(colour):
    """sRGB (IEC 61966-2-1) without its gamma, each from 0 to 1."""
    return [part / 255 / 12.92 if part / 255 <= 0.04045 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in colour]


def luminance(colour):
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear(colour)))


def contrast(one, other):
    """WCAG 2.1: from 1 (the same) to 21 (black on white)."""
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


# What is left of linear colours to eyes without one of the three kinds of cones: Machado, Oliveira and Fernandes,
# "A Physiologically-based Model for Simulation of Color Vision Deficiency" (2009), severity 1.
SIGHT = {
    "all colours": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def seen(colour, sight):
    """Linear colour as these eyes see it."""
    parts = linear(colour)
    return [min(1, max(0, sum(weight * part for weight, part in zip(row, parts)))) for row in SIGHT[sight]]


def lab(linear_colour):
    """CIE L*a*b* for daylight (D65)."""
    matrix = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
    white = (0.95047, 1.0, 1.08883)
    x, y, z = (sum(weight * part for weight, part in zip(row, linear_colour)) / reference
               for row, reference in zip(matrix, white))
    x, y, z = (t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116 for t in (x, y, z))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def difference(one, other, sight="all colours"):
    """CIE76: about 2.3 can just be told apart side by side."""
    return sum((a - b) ** 2 for a, b in zip(lab(seen(one, sight)), lab(seen(other, sight)))) ** 0.5
