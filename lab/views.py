# SPDX-License-Identifier: GPL-2.0-or-later
"""Which part of what was captured goes into a file, and the labels of the frames in it."""

import collections
import dataclasses

from network import CLIENT, SERVER
from truth import copy_of

SAME_INSTANT = 20 * 10**6
MIRROR_DELAY = 4000  # ns between a frame and its copy from the other port of a switch


@dataclasses.dataclass
class View:
    end: str
    begins: str = None      # the scenario's mark at which this capture begins
    only: str = None        # the one end whose segments this capture has
    mirrored: bool = False  # every frame twice
    merged_after: float = 0  # every frame twice, the second that many seconds later, as from a clock that is wrong
    device: str = "eth0"    # another capture taken at this end
    undecidable: bool = False  # probes and responses look the same here: whoever claims to know is guessing
    stretch: tuple = ()     # ((gaps of at least, are multiplied by), ...), seconds, longest first


BOTH_ENDS = (View(CLIENT), View(SERVER))


@dataclasses.dataclass
class Recording:
    """What a scenario leaves behind."""

    link_types: dict   # (end, device) -> pcap link type
    frames: dict       # (end, device) -> frames
    marks: dict
    movements: dict
    labels: object = None


def cut(view, recording):
    """(link type, frames, labels by frame number, answers by frame number, counters) of a view."""
    labels, answers = recording.labels.at[view.end], recording.labels.answers[view.end]
    begin = recording.marks[view.begins] if view.begins else 0
    shown = []
    for place, frame, label in labelled_frames(view, recording, labels):
        if frame.time < begin or view.only and not sent_by(frame, recording.labels.address[view.only]):
            continue
        shown.append((place, frame, label))
        if view.mirrored or view.merged_after:
            later = frame.time + (MIRROR_DELAY if view.mirrored else int(view.merged_after * 10**9))
            # Nothing but the truth tells a copy that comes so late from a segment of its own.
            is_late = view.merged_after and frame.segment
            shown.append((None, dataclasses.replace(frame, time=later), copy_of(label) if label or is_late else None))
    if view.merged_after:
        shown.sort(key=lambda each: each[1].time)
    frames = [frame for _, frame, _ in shown]
    names = {number: label for number, (_, _, label) in enumerate(shown, 1) if label}
    number_of = {}
    for number, (place, _, _) in enumerate(shown, 1):
        if place is not None:
            number_of.setdefault(place, number)
    pairs = {number_of[response]: number_of[probe] for response, probe in answers.items()
             if response in number_of and probe in number_of}
    if view.stretch:
        frames = stretched(frames, view.stretch)
    counted = {end: count_since(begin, moves) for end, moves in recording.movements.items()}
    return recording.link_types[view.end, view.device], frames, names, dict(sorted(pairs.items())), counted


def labelled_frames(view, recording, labels):
    """(place in this end's main capture, frame, label); a frame that this device shows again is a copy."""
    main = recording.frames[view.end, "eth0"]
    if view.device == "eth0":
        return [(place, frame, labels.get(place)) for place, frame in enumerate(main)]
    places = collections.defaultdict(list)
    for place, frame in enumerate(main):
        if frame.segment:
            places[frame.segment.packet].append(place)
    result, shown = [], set()
    for frame in recording.frames[view.end, view.device]:
        same = [p for p in places.get(frame.segment.packet if frame.segment else None, ())
                if abs(main[p].time - frame.time) < SAME_INSTANT]
        label = labels.get(same[0]) if same else None
        if same and same[0] in shown:
            result.append((None, frame, copy_of(label) if label else None))
        else:
            shown.update(same[:1])
            result.append((same[0] if same else None, frame, label))
    return result


def sent_by(frame, address):
    return frame.segment is not None and frame.segment.source[0] == address


def count_since(begin, movements):
    total = collections.Counter(TCPKeepAlive=0, TCPWinProbe=0)
    for movement in movements:
        if movement.name in total and movement.not_before >= begin:
            total[movement.name] += movement.amount
    return dict(total)


def stretched(frames, rules):
    result, clock = [], frames[0].time
    for previous, frame in zip([frames[0]] + frames, frames):
        gap = frame.time - previous.time
        factor = next((factor for least, factor in rules if gap >= least * 10**9), 1)
        clock += int(gap * factor)
        result.append(dataclasses.replace(frame, time=clock))
    return result


def copies(frames):
    """Frame numbers of TCP segments that this file has shown before, octet for octet."""
    seen, again = set(), set()
    for number, frame in enumerate(frames, 1):
        if frame.segment:
            if frame.segment.packet in seen:
                again.add(number)
            seen.add(frame.segment.packet)
    return again
