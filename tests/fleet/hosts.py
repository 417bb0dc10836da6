# SPDX-License-Identifier: GPL-2.0-or-later
"""Hosts of a cluster: network and mount namespaces on a bridge of their own, which end with this process. Needs root."""
import os
import subprocess
import time

NETWORK = "10.77.0."


def inside(host, *command):
    spaces = ["--%s=/proc/%d/ns/%s" % (option, host.pid, kind) for option, kind in (("net", "net"), ("mount", "mnt"))]
    return ["nsenter", *spaces, "--wd=/", *map(str, command)]


class Hosts:
    def __init__(self, *names):
        self._names = names
        self._holders, self._processes = {}, []
        self.addresses = {name: NETWORK + str(number) for number, name in enumerate(names, 1)}

    def _hold(self):
        """A process in namespaces of its own, which dies with this one."""
        process = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "unshare", "--net", "--mount", "sleep", "infinity"])
        for _ in range(1000):
            own = [os.readlink("/proc/self/ns/%s" % kind) for kind in ("net", "mnt")]
            other = [os.readlink("/proc/%d/ns/%s" % (process.pid, kind)) for kind in ("net", "mnt")]
            if own[0] != other[0] and own[1] != other[1]:
                return process
            time.sleep(0.01)
        raise AssertionError("no namespaces")

    def __enter__(self):
        switch = self._holders["switch"] = self._hold()
        self._run(switch, "ip", "link", "add", "bridge", "type", "bridge")
        self._run(switch, "ip", "link", "set", "bridge", "up")
        for name in self._names:
            host = self._holders[name] = self._hold()
            self._run(switch, "ip", "link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", str(host.pid))
            self._run(switch, "ip", "link", "set", name, "master", "bridge", "up")
            self._run(host, "ip", "address", "add", self.addresses[name] + "/24", "dev", "eth0")
            self._run(host, "ip", "link", "set", "eth0", "up")
            self._run(host, "ip", "link", "set", "lo", "up")
        return self

    @staticmethod
    def _run(host, *command):
        subprocess.run(inside(host, *command), check=True)

    def run(self, name, *command, **options):
        return subprocess.run(inside(self._holders[name], *command), **{
            "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "check": False, **options})

    def start(self, name, *command, **options):
        """A service, which ends with the hosts."""
        process = subprocess.Popen(inside(self._holders[name], "setpriv", "--pdeathsig", "KILL", *command),
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
        self._processes.append(process)
        return process

    def __exit__(self, *exception):
        for process in [*self._processes, *self._holders.values()]:
            process.kill()
            process.wait()
