"""A Chromium window over chromedriver's HTTP interface.

Python alone; the main class is `Browser`. Commands of the DevTools protocol go through `devtools`.
"""

import json
import re
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request


class NoBrowser(Exception):
    """Chromium or chromedriver is not on this machine."""


class Browser:
    """A headless window. Use it with `with`, so that nothing is left behind."""

    def __init__(self, width=1440, height=900, *arguments):
        """Starts chromedriver and opens a window of this size, in CSS pixels."""
        missing = [name for name in ("chromium", "chromedriver") if not shutil.which(name)]
        if missing:
            raise NoBrowser(f"needs {' and '.join(missing)} on the path, found none")
        self.profile = tempfile.TemporaryDirectory()
        command = ["chromedriver", "--port=0"]
        self.driver = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.session = None
        try:
            self.open(width, height, arguments)
        except BaseException:
            self.close()
            raise

    def open(self, width, height, arguments):
        """Opens the window."""
        for line in self.driver.stdout:
            found = re.search(r"successfully on port (\d+)", line)
            if found:
                break
        else:
            raise NoBrowser("chromedriver did not say its port")
        self.address = f"http://127.0.0.1:{found[1]}/session"
        flags = [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars",
            f"--window-size={width},{height}", f"--user-data-dir={self.profile.name}", *arguments,
        ]
        options = {"args": flags, "binary": shutil.which("chromium")}
        wanted = {"alwaysMatch": {"goog:chromeOptions": options, "timeouts": {"script": 60000, "pageLoad": 60000}}}
        self.session = self.ask("", {"capabilities": wanted})["sessionId"]
        self.address += f"/{self.session}"

    def ask(self, path, body):
        """Sends one command; returns its value."""
        request = urllib.request.Request(self.address + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(json.load(error)["value"]["message"]) from error

    def go(self, address):
        """Opens an address and waits for its load event."""
        self.ask("/url", {"url": address})

    def script(self, code, *arguments):
        """Runs the body of an async function; returns its value."""
        wrapped = f"const done = arguments[arguments.length - 1]; (async () => {{ {code} }})().then(done, (error) => done({{ error: String(error) }}));"
        value = self.ask("/execute/async", {"script": wrapped, "args": list(arguments)})
        if isinstance(value, dict) and "error" in value:
            raise RuntimeError(value["error"])
        return value

    def devtools(self, command, **parameters):
        """Sends a command of the DevTools protocol."""
        return self.ask("/goog/cdp/execute", {"cmd": command, "params": parameters})

    def close(self):
        """Closes the window and chromedriver."""
        if self.session:
            request = urllib.request.Request(self.address, method="DELETE")
            try:
                urllib.request.urlopen(request, timeout=20).close()
            except OSError:
                pass
        self.driver.kill()
        self.driver.wait()
        self.driver.stdout.close()
        self.profile.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
