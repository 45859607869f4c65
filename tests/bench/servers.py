"""The servers that a benchmark runs against: docker-registry, and nginx as the CDN that it redirects to."""

import contextlib
import os
import pathlib
import socket
import subprocess
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
def running(command, url):
    environment = {name: value for name, value in os.environ.items() if name != "AWS_CA_BUNDLE"}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    try:
        wait_until_up(url, process)
        yield
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def registry(folder, data, redirect_to=None):
    """A docker-registry on the blobs below `data`; yields host:port."""
    port = free_port()
    config = folder / f"registry-{port}.yml"
    redirect = f'\nmiddleware: {{storage: [{{name: redirect, options: {{baseurl: "{redirect_to}/"}}}}]}}' if redirect_to else ""
    config.write_text(f"""version: 0.1
log: {{level: error}}
storage:
  filesystem: {{rootdirectory: {data}}}
  delete: {{enabled: true}}
  cache: {{blobdescriptor: inmemory}}
  maintenance: {{uploadpurging: {{enabled: false}}}}{redirect}
http: {{addr: 127.0.0.1:{port}, secret: benchmark}}
""")
    with running(["docker-registry", "serve", str(config)], f"http://127.0.0.1:{port}/v2/"):
        yield f"127.0.0.1:{port}"


@contextlib.contextmanager
def cdn(folder, data, location="", http=""):
    """An nginx that serves a registry's data folder; yields its URL. `location` and `http` are more of its config."""
    port = free_port()
    config = folder / f"nginx-{port}.conf"
    config.write_text(f"""daemon off; worker_processes 2; pid {folder}/nginx-{port}.pid; error_log {folder}/nginx-{port}.log;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush on; {http}
  server {{ listen 127.0.0.1:{port}; location /docker/ {{ alias {data}/docker/; {location} }} }}
}}
""")
    nginx = next(path for path in ("/usr/sbin/nginx", "/usr/bin/nginx") if pathlib.Path(path).exists())
    with running([nginx, "-c", str(config)], f"http://127.0.0.1:{port}/"):
        yield f"http://127.0.0.1:{port}"
