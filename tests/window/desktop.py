# SPDX-License-Identifier: GPL-2.0-or-later
"""A screen of our own with a window manager and the accessibility bus: what a program needs to be used as by a person."""
import os
import subprocess
import time

WIDTH, HEIGHT = 1400, 900

# What runs inside the session's message bus: says where the two buses are, and lasts until its input ends.
SESSION = """
echo "$DBUS_SESSION_BUS_ADDRESS"
echo $(dbus-send --session --print-reply=literal --dest=org.a11y.Bus /org/a11y/bus org.a11y.Bus.GetAddress)
exec cat > /dev/null
"""


class Desktop:
    """Everything runs as the normal user of `home`, and ends with it."""

    def __init__(self, home):
        self._processes = []
        self._home = home
        runtime = os.path.join(home.directory, "run")
        home.run("mkdir", "-m", "700", runtime, check=True)
        home.environment.update(XDG_RUNTIME_DIR=runtime, QT_LINUX_ACCESSIBILITY_ALWAYS_ON="1", QT_QPA_PLATFORM="xcb",
                                XDG_CURRENT_DESKTOP="")
        self._start_screen()
        self._start_buses()
        self.start("openbox")

    def _start_screen(self):
        reading, writing = os.pipe()
        os.set_inheritable(writing, True)
        self.start("Xvfb", "-displayfd", str(writing), "-screen", "0", "%dx%dx24" % (WIDTH, HEIGHT), "-nolisten", "tcp",
                   "-noreset", pass_fds=[writing])
        os.close(writing)
        with os.fdopen(reading) as answer:
            number = answer.readline().strip()
        if not number:
            raise RuntimeError("Xvfb did not start")
        self._set("DISPLAY", ":" + number)

    def _start_buses(self):
        session = self.start("dbus-run-session", "--", "sh", "-c", SESSION, stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, text=True)
        self._set("DBUS_SESSION_BUS_ADDRESS", session.stdout.readline().strip())
        # Given to the programs, for by itself Qt asks only once, and too early.
        self._set("AT_SPI_BUS_ADDRESS", session.stdout.readline().strip())

    def _set(self, name, value):
        """For the programs, and for the library with which the tests read them."""
        self._home.environment[name] = value
        os.environ[name] = value

    def start(self, *command, **options):
        options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL,
                   "cwd": self._home.directory, "env": self._home.environment, **self._home.as_normal_user(), **options}
        process = subprocess.Popen(command, **options)
        self._processes.append(process)
        return process

    def xdotool(self, *arguments):
        return self._home.run("xdotool", *map(str, arguments), check=True).stdout

    def press(self, *keys):
        self.xdotool("key", "--clearmodifiers", "--delay", 30, *keys)

    def write(self, text):
        self.xdotool("type", "--delay", 10, "--", text)

    def click(self, x, y, button=1, times=1):
        self.xdotool("mousemove", x, y, "click", "--repeat", times, "--delay", 60, button)

    def screenshot(self):
        """The whole screen, as an image of PIL."""
        import io
        from PIL import Image
        picture = self._home.run("import", "-silent", "-window", "root", "png:-", text=False, check=True).stdout
        return Image.open(io.BytesIO(picture)).convert("RGB")

    def close(self):
        for process in reversed(self._processes):
            if process.stdin:   # the session, which ends the buses when its input ends
                process.stdin.close()
            else:
                process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_for(what, condition, seconds=15):
    """The first true value of condition()."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError("after %d s there is still not: %s" % (seconds, what))
        time.sleep(0.05)
