"""The servers that a benchmark runs against: docker-registry, nginx as the CDN that it redirects to or as a registry of
files, and a proxy that shapes the link to them."""

import contextlib
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until_up(url, process, patience=20):
    """Returns once anything at all answers there."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args[0]} has ended with status {process.returncode}")
        try:
            urllib.request.urlopen(url, timeout=1)
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.01)
    raise RuntimeError(f"nothing answers at {url}")


@contextlib.contextmanager
def running(command, url, output=subprocess.DEVNULL):
    """Yields the process, which answers by then."""
    environment = {name: value for name, value in os.environ.items() if name != "AWS_CA_BUNDLE"}
    process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=environment)
    try:
        wait_until_up(url, process)
        yield process
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def registry(folder, data, redirect_to=None, log=None):
    """A docker-registry on the blobs below `data`; yields host:port. `log`: a file that hears of every answer."""
    port = free_port()
    config = folder / f"registry-{port}.yml"
    redirect = f'\nmiddleware: {{storage: [{{name: redirect, options: {{baseurl: "{redirect_to}/"}}}}]}}' if redirect_to else ""
    config.write_text(f"""version: 0.1
log: {{level: {"info" if log else "error"}, accesslog: {{disabled: true}}}}
storage:
  filesystem: {{rootdirectory: {data}}}
  delete: {{enabled: true}}
  cache: {{blobdescriptor: inmemory}}
  maintenance: {{uploadpurging: {{enabled: false}}}}{redirect}
http: {{addr: 127.0.0.1:{port}, secret: benchmark}}
""")
    with open(log or os.devnull, "w") as output:
        with running(["docker-registry", "serve", str(config)], f"http://127.0.0.1:{port}/v2/", output):
            yield f"127.0.0.1:{port}"


def bytes_sent(log, digest):
    """How many bytes of a blob a registry says in its log to have sent."""
    written = re.compile(r'http\.request\.method=GET .*http\.request\.uri="[^"]*' + digest + r'".*http\.response\.written=(\d+)')
    return sum(int(found[1]) for line in open(log) if (found := written.search(line)))


@contextlib.contextmanager
def nginx(folder, location):
    """An nginx with one location; yields its URL."""
    port = free_port()
    config = folder / f"nginx-{port}.conf"
    config.write_text(f"""daemon off; worker_processes 2; pid {folder}/nginx-{port}.pid; error_log {folder}/nginx-{port}.log;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000;
  server {{ listen 127.0.0.1:{port}; location {location} }}
}}
""")
    program = next(path for path in ("/usr/sbin/nginx", "/usr/bin/nginx") if pathlib.Path(path).exists())
    with running([program, "-c", str(config)], f"http://127.0.0.1:{port}/"):
        yield f"http://127.0.0.1:{port}"


def cdn(folder, data):
    """An nginx that serves a registry's data folder."""
    return nginx(folder, f"/docker/ {{ alias {data}/docker/; }}")


def file_registry(folder, files):
    """An nginx that serves files as a registry serves repositories: <repository>/manifests/<tag>, …/blobs/<digest>."""
    return nginx(folder, f"/v2/ {{ alias {files}/; default_type application/vnd.oci.image.manifest.v1+json; }}")


class Ceph:
    """An S3 service, and who owns the buckets in it."""

    def __init__(self, url, access_key, secret_key):
        self.url, self.access_key, self.secret_key = url, access_key, secret_key
        self.environment = {"AWS_ACCESS_KEY_ID": access_key, "AWS_SECRET_ACCESS_KEY": secret_key}


@contextlib.contextmanager
def ceph(folder, lab, buckets):
    """By the lab's own program, with its data below `folder`."""
    data = folder / "ceph"
    data.mkdir()
    process = subprocess.Popen([str(lab), "ceph", "1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
                               env={**os.environ, "TMPDIR": str(data)})
    try:
        service = Ceph(*process.stdout.readline().split())
        for bucket in buckets:
            process.stdin.write(bucket + "\n")
            if process.stdout.readline() != "done\n":
                raise RuntimeError(f"the bucket {bucket} could not be made")
        yield service
    finally:
        process.stdin.close()
        process.wait()
        shutil.rmtree(data, ignore_errors=True)


class Shaped:
    """A link to a server, through the shaping proxy."""

    def __init__(self, port, process):
        self.address = f"127.0.0.1:{port}"
        self.process = process

    def busy(self):
        """Seconds of CPU that the proxy has used: where that nears the wall time, the proxy is the limit."""
        fields = open(f"/proc/{self.process.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def shaped(address, *options):
    """A link to host:port with those options of shape.py."""
    port = free_port()
    script = pathlib.Path(__file__).with_name("shape.py")
    command = [sys.executable, str(script), str(port), address.rpartition(":")[2], *map(str, options)]
    with running(command, f"http://127.0.0.1:{port}/") as process:
        yield Shaped(port, process)
