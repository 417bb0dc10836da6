# SPDX-License-Identifier: GPL-2.0-or-later
"""TCP_KEEPIDLE, TCP_KEEPINTVL and TCP_KEEPCNT as the wire shows them are what the sockets were set to."""
import pytest

import under_test

SERVER_PORT = ":7000"   # of every connection in the laboratory
SETTINGS = ["keepidle", "keepintvl", "keepcnt"]


def seconds(name, value):
    return value if name == "keepcnt" else value / 10**9


def options_by_frame(capture, segments):
    """What the sender of each frame was set to; {} where a program made the frames without a socket."""
    return {segment.frame: capture.options.get("server" if segment.sender.endswith(SERVER_PORT) else "client") or {}
            for segment in segments}


@pytest.mark.parametrize("passes", ["one pass", "two passes"])
def test_what_is_shown_is_true(capture, outputs, passes):
    options = options_by_frame(capture, outputs[capture]["segments"])
    wrong = []
    for frame, values in outputs[capture][passes].items():
        for name in SETTINGS:
            if "keepalive." + name in values and name in options[frame]:
                got = seconds(name, values["keepalive." + name])
                if got != options[frame][name]:
                    wrong.append("frame %d: %s is %s, expected %s" % (frame, name, got, options[frame][name]))
    assert not wrong, "\n".join(wrong)


def test_a_complete_run_tells_all_three(capture, outputs):
    """From the first probe after data to the prober's RST: no TCP_USER_TIMEOUT in between, nothing hidden."""
    if not capture.name.startswith("settings/dead_"):
        return
    (gave_up,) = capture.frames_labelled("gave-up")
    shown = outputs[capture]["two passes"][gave_up]
    assert {"keepalive." + name for name in SETTINGS} <= shown.keys()


def test_answered_probes_tell_keepidle(capture, outputs):
    if not capture.name.startswith("settings/answered_"):
        return
    last = max(capture.frames_labelled("probe"))
    assert "keepalive.keepidle" in outputs[capture]["two passes"][last]
