# SPDX-License-Identifier: GPL-2.0-or-later
"""Which files are captures, and to which capture point each belongs."""
import dataclasses
import hashlib
import os
import re

# As tcpdump and dumpcap name their files, rotated ones (.pcap12, .pcap.gz) too.
NAME = re.compile(r"\.(pcap|pcapng|cap|dmp|snoop|erf|trc|trace)\d*(\.(gz|zst|lz4))?$", re.IGNORECASE)
# How captures begin: pcap in both byte orders (microseconds, nanoseconds, Kuznetzov's), pcapng, snoop.
MAGIC = tuple(map(bytes.fromhex, ("d4c3b2a1", "a1b2c3d4", "4d3cb2a1", "a1b23c4d", "34cdb2a1", "a1b2cd34",
                                  "0a0d0d0a", "736e6f6f70")))


class NoCaptures(Exception):
    """What is named has no captures in it; the text says so to a user."""


@dataclasses.dataclass(frozen=True, order=True)
class Capture:
    path: str
    point: str
    size: int      # octets
    changed: int   # ns since 1970
    host: str = ""   # that alone has the file; empty if all workers see it

    def key(self, *others):
        """Another one when the file's place, size or time is, or one of `others`."""
        return content_key(self.host, self.path, self.size, self.changed, *others)


def content_key(*parts):
    text = "\0".join(map(str, parts))
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def begins_as_capture(path):
    try:
        with open(path, "rb") as file:
            return file.read(8).startswith(MAGIC)
    except OSError:
        return False   # without a capture's name either, it is nobody's loss


def files_in(folder, errors):
    for place, folders, names in os.walk(folder, onerror=errors.append):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(place, name)
            if os.path.isfile(path) and (NAME.search(name) or begins_as_capture(path)):
                yield path


def point_of(path, pattern):
    """The folder, or what the pattern takes from the path: its first group, or all that it matches."""
    if pattern is None:
        return os.path.dirname(path)
    found = re.search(pattern, path)
    if not found:
        raise NoCaptures("--point %s does not match %s" % (pattern, path))
    return found.group(1 if found.re.groups else 0) or ""


def find(places, pattern=None, host=""):
    """The captures in files and folders, sorted by path. Raises NoCaptures. With `host` its points are its own."""
    paths = set()
    for place in places:
        place = os.path.abspath(place)
        errors = []
        if os.path.isdir(place):
            found = list(files_in(place, errors))
            if errors:
                raise NoCaptures("cannot read the folder %s: %s" % (errors[0].filename, errors[0].strerror))
            if not found:
                raise NoCaptures("there are no captures in %s" % place)
            paths.update(found)
        elif os.path.exists(place):
            paths.add(place)
        else:
            raise NoCaptures("there is no %s" % place)
    captures = []
    for path in sorted(paths):
        status = os.stat(path)
        point = point_of(path, pattern)
        captures.append(Capture(path, host + ":" + point if host else point, status.st_size, status.st_mtime_ns, host))
    return captures
