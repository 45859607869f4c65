"""Works whose link is special: connections that a CDN caps, a long way, and a blob larger than memory."""

import pathlib
import shutil
import tempfile

import models
import servers
from meter import Work

CONNECTIONS = 16  # regtool's default, and aria2's most


class Links:
    def __init__(self, meter, clients, works, small):
        self.meter, self.clients, self.works, self.small = meter, clients, works, small
        self.folder = meter.folder

    def capped(self):
        """Each connection to the CDN is capped at 4 MB/s, one of sixteen at a twentieth of that."""
        rate, size = 4_000_000, self.works.layers["middle"][0]["size"]
        sum_of_caps = (CONNECTIONS - 1) * rate + rate // 20
        work = Work("capped", f"pull {size / 1e9:.2f} GB, {CONNECTIONS} connections capped at 4 MB/s, one at 0.2 MB/s")
        with servers.cdn(self.folder, self.works.data) as cdn:
            with servers.shaped(cdn, "--rate", rate, "--slow-every", CONNECTIONS) as link:
                with servers.registry(self.folder, self.works.data, f"http://{link.address}") as registry:
                    self.clients.pull(work, f"{registry}/bench/middle")
                    self.meter.note(work, "proxy busy", link.busy())
                    self.clients.fetch_in_parts(work, self.works.url(registry, "middle"))
        self.meter.note(work, "limit", size / sum_of_caps)

    def far(self):
        """80 ms there and back. Limit: each connection waits once for its handshake, then once a request."""
        round_trip, requests = 0.08, self.works.count + 2
        work = Work("far", f"pull {self.works.count:,} tensors of 64 KiB, {round_trip * 1000:.0f} ms round trip")
        with servers.registry(self.folder, self.works.data) as registry:
            with servers.shaped(registry, "--delay", round_trip / 2) as link:
                self.clients.pull(work, f"{link.address}/bench/tensors")
                self.meter.note(work, "proxy busy", link.busy())
        self.meter.note(work, "limit", requests * round_trip / CONNECTIONS)

    def memory(self):
        """The peak of memory must not depend on the size of what is pulled. Onto a disk: memory would not hold it."""
        sizes = (("1 GB", 10**7), ("16 GB", 10**8)) if self.small else (("1 GB", 10**9), ("16 GB", 16 * 10**9))
        with tempfile.TemporaryDirectory(prefix="regtool-bench-", dir="/var/tmp") as disk:
            files = pathlib.Path(disk) / "files"
            files.mkdir()
            files.parent.chmod(0o755)
            if shutil.disk_usage(disk).free < 1.1 * sizes[-1][1]:
                print(f"no room on the disk for {sizes[-1][0]}: left out")
                return
            with servers.file_registry(self.folder, files) as address:
                for name, size in sizes:
                    self.pull_zeros(name, size, files, address.removeprefix("http://"), pathlib.Path(disk) / "store")

    def pull_zeros(self, name, size, files, registry, store):
        model = name.replace(" ", "").lower()
        models.zeros(files, model, size)
        work = Work(f"memory {name}", f"peak of memory: pull one blob of {size / 1e9:g} GB onto a disk")
        self.clients.pull(work, f"{registry}/bench/{model}", store)
