# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs Wireshark's programs with this tree's plugin, which is not installed anywhere.

Wireshark ignores personal plugins when started by root, and a user's own configuration would change what it prints. So
they run in an empty home directory of their own, and as `nobody` where this is root.
"""
import os
import re
import shutil
import subprocess
import tempfile

NOBODY = 65534   # user and group, on every Debian and Ubuntu


class WiresharkHome:
    """A home directory, with `plugin` (a path) as one of Wireshark's plugins or, with None, without it."""

    def __init__(self, plugin, tshark="tshark"):
        self.tshark = tshark
        self.directory = self._new_directory()
        self.environment = {name: value for name, value in os.environ.items()
                            if not name.startswith(("XDG_", "WIRESHARK_"))}
        self.environment.update(HOME=self.directory, TZ="UTC", LC_ALL="C.UTF-8")
        self._fill_plugin_folder(plugin)

    def _new_directory(self):
        """Where TMPDIR is a folder that only root may enter, `nobody` needs another one."""
        for folder in (None, "/tmp", "/var/tmp"):
            directory = tempfile.mkdtemp(prefix="keepalive-", dir=folder)
            os.chmod(directory, 0o755)
            if subprocess.run(["test", "-x", directory], check=False, **self.as_normal_user()).returncode == 0:
                return directory
            os.rmdir(directory)
        raise PermissionError("user %d can enter neither TMPDIR nor /tmp nor /var/tmp" % NOBODY)

    def _fill_plugin_folder(self, plugin):
        """A folder in place of the global one, so that a plugin that is installed there does not win over ours."""
        folders = self.run(self.tshark, "-G", "folders", check=True).stdout
        release = re.search(r"^Personal Plugins:.*/(\d+\.\d+)$", folders, re.MULTILINE).group(1)
        self.release = tuple(map(int, release.split(".")))
        bundled = re.search(r"^Global Plugins:\s*(.*)", folders, re.MULTILINE).group(1)
        if os.path.basename(bundled) != release:
            bundled = os.path.join(bundled, release)
        own = os.path.join(self.directory, "plugins", release, "epan")
        os.makedirs(own)
        for name in os.listdir(os.path.join(bundled, "epan")):
            if name != "keepalive.so":
                os.symlink(os.path.join(bundled, "epan", name), os.path.join(own, name))
        if plugin is not None:
            shutil.copy(plugin, os.path.join(own, "keepalive.so"))
        self.environment["WIRESHARK_PLUGIN_DIR"] = os.path.join(self.directory, "plugins")

    def as_normal_user(self):
        """Arguments of subprocess that take root's privileges away."""
        if os.geteuid() != 0:
            return {}
        return {"user": NOBODY, "group": NOBODY, "extra_groups": []}

    def _options(self, options):
        return {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True,
                "cwd": self.directory, "env": self.environment, **self.as_normal_user(), **options}

    def run(self, *command, **options):
        return subprocess.run(command, **{"check": False, **self._options(options)})

    def start(self, *command, **options):
        """A process whose output can be read while it runs."""
        return subprocess.Popen(command, **self._options(options))

    def readable(self, path):
        """`path`, or a copy of it where only root may read it."""
        path = os.path.abspath(path)
        if self.run("test", "-r", path).returncode == 0:
            return path
        copy = os.path.join(self.directory, os.path.basename(path))
        shutil.copyfile(path, copy)
        os.chmod(copy, 0o644)
        return copy

    def remove(self):
        shutil.rmtree(self.directory)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.remove()
