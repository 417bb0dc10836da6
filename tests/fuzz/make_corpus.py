# SPDX-License-Identifier: GPL-2.0-or-later
"""make_corpus.py DIRECTORY: connections for the fuzzer to begin with, in the form that fuzz_connection.cpp reads."""
import itertools
import pathlib
import sys

CLIENT, SERVER = 0, 1
ACK, PUSH, FIN, RST_ACK, SYN, RST = 0x00, 0x06, 0x08, 0x0A, 0x0C, 0x0E
NOTHING, ONE_OCTET, DATA = 0x00, 0x20, 0x30
OPEN, CLOSED = 0, 3
IDENTIFICATION = itertools.count(1)
SECONDS = 10    # squared, in steps of 10 ms: 1 s


def segment(end, flags=ACK, length=NOTHING, seq=0, ack=0, window=OPEN, wait=0):
    return bytes([end | flags | length, seq % 256, ack % 256, window, wait, next(IDENTIFICATION) % 128])


OPENING = [segment(CLIENT, SYN), segment(SERVER, SYN), segment(CLIENT), segment(CLIENT, PUSH, DATA), segment(SERVER),
           segment(SERVER, PUSH, DATA), segment(CLIENT)]
PROBE = segment(CLIENT, seq=-1, wait=SECONDS)
GARBAGE_PROBE = segment(CLIENT, length=ONE_OCTET, seq=-1, wait=SECONDS)

CORPUS = {
    "answered": OPENING + [PROBE, segment(SERVER, ack=1)] * 3,
    "dead-peer": OPENING + [PROBE] * 4 + [segment(CLIENT, RST_ACK, seq=1, wait=SECONDS)],
    "garbage-octet": OPENING + [GARBAGE_PROBE, segment(SERVER)] * 3,
    "peer-reset": OPENING + [PROBE, segment(SERVER, RST)],
    "begun-idle": [PROBE, segment(SERVER)] * 3,
    "zero-window": OPENING + [segment(SERVER, window=CLOSED), PROBE, segment(SERVER, window=CLOSED)] * 3,
    "half-closed": OPENING + [segment(SERVER, FIN), segment(CLIENT), PROBE, segment(SERVER)],
    "octet-again": OPENING + [segment(CLIENT, PUSH, ONE_OCTET), segment(CLIENT, PUSH, ONE_OCTET, seq=-1)] * 2,
}


def main():
    directory = pathlib.Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    for name, segments in CORPUS.items():
        (directory / name).write_bytes(b"".join(segments))


if __name__ == "__main__":
    main()
