# SPDX-License-Identifier: GPL-2.0-or-later
"""What is wrong with a command or a capture, Wireshark says in its own words, and nothing crashes."""
import os

import pytest

import under_test


@pytest.fixture
def capture_path(home):
    return home.readable(under_test.CAPTURES[0].path)


def failed(home, *arguments):
    """tshark's complaint; a crash would be a negative return code."""
    done = home.run(home.tshark, *arguments)
    assert done.returncode > 0, "no error: %s" % done.stdout
    return done.stderr


def test_same_words_as_without_the_plugin(home, bare_home, capture_path):
    no_capture = os.path.join(home.directory, "no-capture")
    with open(no_capture, "w", encoding="utf-8") as file:
        file.write("This is not a capture.\n")
    os.chmod(no_capture, 0o644)
    for arguments in (["-r", "/no/such/file"], ["-r", "/"], ["-r", no_capture],
                      ["-r", capture_path, "-o", "nonesuch.preference:1"], ["-r", capture_path, "--nonesuch"]):
        assert failed(home, *arguments) == failed(bare_home, *arguments)


def test_unknown_preference_of_ours(home, capture_path):
    assert "keepalive.nonesuch" in failed(home, "-r", capture_path, "-o", "keepalive.nonesuch:1")


def test_preference_that_is_no_number(home, capture_path):
    assert "keepalive.idle_limit" in failed(home, "-r", capture_path, "-o", "keepalive.idle_limit:soon")


def test_unknown_field_of_ours(home, capture_path):
    assert "keepalive.nonesuch" in failed(home, "-r", capture_path, "-Y", "keepalive.nonesuch")
    assert "keepalive.nonesuch" in failed(home, "-r", capture_path, "-T", "fields", "-e", "keepalive.nonesuch")


@pytest.mark.parametrize("length", [0, 10, 24, 30, 40, 100, 500, -1])
def test_truncated_capture(home, bare_home, capture_path, length):
    path = os.path.join(home.directory, "truncated.pcap")
    with open(capture_path, "rb") as whole, open(path, "wb") as part:
        part.write(whole.read()[:length])
    os.chmod(path, 0o644)
    for passes in ([], ["-2"]):
        ours, stock = (each.run(each.tshark, "-n", "-r", path, *passes, "-T", "fields", "-e", "frame.number")
                       for each in (home, bare_home))
        assert (ours.returncode, ours.stdout, ours.stderr) == (stock.returncode, stock.stdout, stock.stderr)
        assert ours.returncode >= 0
