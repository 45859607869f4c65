"""regtool and its peers, as commands. Peers verify nothing, but for skopeo and the reference."""

import os
import shutil

POLICY = '{"default": [{"type": "insecureAcceptAnything"}]}'

# One POST for a session, then the whole blob with one PUT.
CURL_PUSH = r"""location=$(curl -sSf -X POST -o /dev/null -w '%{redirect_url}%header{location}' "$1")
exec curl -sSf -X PUT -o /dev/null -H 'Content-Type: application/octet-stream' -T "$3" "$location&digest=$2"
"""


class Clients:
    def __init__(self, meter, regtool):
        self.meter, self.regtool = meter, regtool
        self.folder = meter.folder
        self.target, self.output, self.copy = (self.folder / name for name in ("target", "output", "copy"))
        # A command that is run as `CMD pull|push NAME --insecure`.
        self.reference = os.environ.get("OLLAMA_REF", "").split()

    def clear(self):
        for path in (self.target, self.output, self.copy):
            if path.is_dir():
                shutil.rmtree(path)
            path.unlink(missing_ok=True)

    def command(self, program, verb, name):
        if program == "regtool":
            return [self.regtool, "-q", verb, "--insecure", name]
        return [*self.reference, verb, name, "--insecure"]

    def programs(self):
        return ["regtool", "reference"] if self.reference else ["regtool"]

    def pull(self, work, name, store=None, again=None):
        """By regtool, and the reference if there is one; `again`: the work of pulling the same once more, a few times."""
        store = store or self.target
        environment = {"OLLAMA_MODELS": str(store)}
        for program in self.programs():
            shutil.rmtree(store, ignore_errors=True)
            self.meter.run(work, program, self.command(program, "pull", name), None, environment)
            if again:
                self.meter.run(again, program, self.command(program, "pull", name), None, environment, times=5)
            shutil.rmtree(store, ignore_errors=True)

    def push(self, work, program, name, store):
        self.meter.run(work, program, self.command(program, "push", name), None, {"OLLAMA_MODELS": str(store)})

    def fetch(self, work, url):
        """By programs that copy one URL to one file; and the hash of that file."""
        self.fetch_in_parts(work, url)
        self.meter.run(work, "curl", ["curl", "-sSfL", "-o", str(self.output), url], self.clear)
        self.meter.run(work, "openssl dgst", ["openssl", "dgst", "-sha256", str(self.output)])
        self.clear()

    def fetch_in_parts(self, work, url):
        """The same by 16 connections."""
        aria2 = ["aria2c", "-q", "-x16", "-s16", "-k1M", "--file-allocation=none"]
        self.meter.run(work, "aria2", [*aria2, "-d", str(self.folder), "-o", self.output.name, url], self.clear)
        self.clear()

    def fetch_many(self, work, urls):
        """By one curl with as many connections as regtool has."""
        wanted = self.folder / "urls"
        wanted.write_text("".join(f'url = "{url}"\noutput = "{self.copy}/{i}"\n' for i, url in enumerate(urls)))
        self.meter.run(work, "curl -Z", ["curl", "-sSfL", "-Z", "--parallel-max", "16", "--create-dirs", "-K", str(wanted)], self.clear)
        self.clear()

    def send(self, work, registry, repository, digest, path):
        address = f"http://{registry}/v2/{repository}/blobs/uploads/"
        self.meter.run(work, "curl", ["sh", "-ec", CURL_PUSH, "sh", address, digest, str(path)])

    def skopeo(self, work, source, target, prepare=None):
        policy = self.folder / "policy.json"
        policy.write_text(POLICY)
        insecure = ["--src-tls-verify=false", "--dest-tls-verify=false"]
        self.meter.run(work, "skopeo", ["skopeo", "--policy", str(policy), "copy", *insecure, source, target], prepare)
        if prepare:
            self.clear()
