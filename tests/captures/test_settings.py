# SPDX-License-Identifier: GPL-2.0-or-later
"""TCP_KEEPIDLE, TCP_KEEPINTVL and TCP_KEEPCNT as the wire shows them are what the sockets were set to."""
import pytest

import capture_files
import programs
import under_test

SERVERS = ("192.0.2.2:", "2001:db8::2:")   # in every capture of the laboratory
SETTINGS = ["keepidle", "keepintvl", "keepcnt"]
# The truth says what the sockets were set to in the end; here that was something else before.
SET_ANEW = {"silent_firewall"}


def seconds(name, value):
    return value if name == "keepcnt" else value / 10**9


def options_by_frame(capture, segments):
    """What the sender of each frame was set to; {} where a program made the frames without a socket."""
    options = {end: dict(values or {}) for end, values in capture.options.items()}
    for values in options.values():
        if "user_timeout_ms" in values:
            values.pop("keepcnt", None)   # the kernel does not count then
    return {segment.frame: options.get("server" if segment.sender.startswith(SERVERS) else "client", {})
            for segment in segments}


@pytest.mark.parametrize("passes", ["one pass", "two passes"])
def test_what_is_shown_is_true(capture, outputs, passes):
    if capture.name.partition(".")[0] in SET_ANEW:
        pytest.skip("set anew in mid-connection")
    options = options_by_frame(capture, outputs[capture]["segments"])
    wrong = []
    for frame, values in outputs[capture][passes].items():
        for name in SETTINGS:
            if "keepalive." + name in values and name in options[frame]:
                got = seconds(name, values["keepalive." + name])
                if got != options[frame][name]:
                    wrong.append("frame %d: %s is %s, expected %s" % (frame, name, got, options[frame][name]))
    assert not wrong, "\n".join(wrong)


def settings_captures(*kinds):
    begins = tuple("settings/%s_" % kind for kind in kinds)
    found = [capture for capture in under_test.CAPTURES if capture.name.startswith(begins)]
    return pytest.mark.parametrize("capture", found, ids=lambda capture: capture.name)


@settings_captures("dead")
def test_a_complete_run_tells_all_three(capture, outputs):
    (gave_up,) = capture.frames_labelled("gave-up")
    shown = outputs[capture]["two passes"][gave_up]
    assert {"keepalive." + name for name in SETTINGS} <= shown.keys()


@settings_captures("answered", "uml_answered")
def test_answered_probes_tell_keepidle(capture, outputs):
    """Unless TCP_KEEPINTVL is longer, which spaces them instead."""
    if capture.options["client"]["keepidle"] < capture.options["client"]["keepintvl"]:
        pytest.skip("spaced by TCP_KEEPINTVL")
    last = max(capture.frames_labelled("probe"))
    assert "keepalive.keepidle" in outputs[capture]["two passes"][last]


@pytest.mark.parametrize("name, frames", [
    ("silent_firewall.client", "22"),   # TCP_KEEPIDLE was 1 s, then 4 s
    ("slow_link.server", ""),           # answers that the prober gets late or never make the spans differ
    ("lost_answers.server", ""),
    ("one_way_loss_octet_probes.client", ""),
])
def test_settings_differ_where_they_were_set_anew(home, name, frames):
    path = capture_files.PCAPS / (name + ".pcap")
    if not path.exists():
        pytest.skip("not among the captures")
    output = programs.tshark(home, path, "-2", "-Y", "keepalive.settings_differ", "-T", "fields", "-e", "frame.number")
    assert " ".join(output.split()) == frames
