"""A store in a bucket of a real S3 service, beside one in a folder."""

import base64
import email.utils
import hashlib
import hmac
import shutil

import servers
from meter import Work

FOLDER = "regtool, in a folder"


class Stores:
    def __init__(self, meter, clients, works, lab):
        self.meter, self.clients, self.works, self.lab = meter, clients, works, lab
        self.possible = lab.exists() and all(shutil.which(name) for name in ("ceph-mon", "ceph-osd", "radosgw"))
        if not self.possible:
            print("no Ceph or no lab to start it: stores in a bucket are left out")

    def measure(self, registry):
        """In a new service each time, which has nothing."""
        if not self.possible:
            return
        with servers.ceph(self.meter.folder, self.lab, ["models", "copies"]) as service:
            self.move("weights", "bucket", registry, service)
            self.put(service)
            self.move("tensors", "bucket tensors", registry, service)

    def move(self, model, key, registry, service):
        name = f"{registry}/bench/{model}"
        into = Work(f"into {key}", f"{self.works.title('pull', model)} into a bucket of Ceph, one OSD")
        self.meter.run(into, "regtool", self.command(service, "pull", name), None, service.environment)
        self.clients.clear()
        self.meter.run(into, FOLDER, self.clients.command("regtool", "pull", name), None, {"OLLAMA_MODELS": str(self.clients.target)})
        if model == "weights":
            self.push(name, service)
        self.clients.clear()

    def push(self, name, service):
        """Into a new registry each time."""
        work = Work("from bucket", f"{self.works.title('push', 'weights')} from a bucket of Ceph, one OSD")
        folder = {"OLLAMA_MODELS": str(self.clients.target)}
        for program, command, environment in (("regtool", self.command(service, "push", name), service.environment),
                                              (FOLDER, self.clients.command("regtool", "push", name), folder)):
            pushed = self.meter.folder / "pushed"
            with servers.registry(self.meter.folder, pushed) as registry:
                self.meter.run(work, program, [*command, "--as", f"{registry}/bench/weights"], None, environment)
            shutil.rmtree(pushed, ignore_errors=True)

    def put(self, service):
        """The same bytes by one PUT of curl, which fetches nothing and verifies nothing: about what the service can take."""
        layer = self.works.layers["weights"][0]
        path = f"/copies/{layer['digest'].partition(':')[2]}"
        date = email.utils.formatdate(usegmt=True)
        text = f"PUT\n\n\n{date}\n{path}".encode()
        signature = base64.b64encode(hmac.new(service.secret_key.encode(), text, hashlib.sha1).digest()).decode()
        work = Work("into bucket", f"{self.works.title('pull', 'weights')} into a bucket of Ceph, one OSD")
        self.meter.run(work, "curl, PUT alone", ["curl", "-sSf", "-o", "/dev/null", "-T", str(self.works.source.path_of(layer)),
                                                 "-H", f"Date: {date}", "-H", f"Authorization: AWS {service.access_key}:{signature}",
                                                 service.url + path])

    def command(self, service, verb, name):
        options = {"plugin": "s3", "bucket": "models", "endpoint": service.url, "spool": str(self.meter.folder)}
        words = [word for option, value in options.items() for word in ("--set", f"store.{option}={value}")]
        return [self.clients.regtool, "-q", *words, verb, "--insecure", name]
