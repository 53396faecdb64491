"""Starts the sandbox inside a process: the simulated AWS with its control on one port, the sites on another."""

import threading
from pathlib import Path

from opsportal.sandbox.build import build_world, forget_everything
from opsportal.sandbox.calls import read_models
from opsportal.sandbox.clock import SandboxClock
from opsportal.sandbox.control import Control
from opsportal.sandbox.databases import restore_databases
from opsportal.sandbox.door import AwsDoor
from opsportal.sandbox.loopback import Incoming, LoopbackServer, Reply
from opsportal.sandbox.newcomers import restore_newcomers
from opsportal.sandbox.roles import restore_roles
from opsportal.sandbox.sample import SAMPLE_WORLD
from opsportal.sandbox.scenarios import open_scenarios
from opsportal.sandbox.simulation import Simulation
from opsportal.sandbox.sites import Sites
from opsportal.sandbox.world import World

_one_at_a_time = threading.Lock()


class Sandbox:
    """A running sandbox: `url` is AWS and control, `sites_url` the customers' web sites."""

    def __init__(self, simulation: Simulation, port: int, sites_port: int) -> None:
        self.simulation = simulation
        self._door = AwsDoor(simulation)
        self._aws = LoopbackServer(port, self._answer, "simulated AWS")
        try:
            self._sites = LoopbackServer(sites_port, Sites(simulation).answer, "simulated sites")
        except Exception:
            self._aws.stop()
            raise
        self.url, self.sites_url = self._aws.url, self._sites.url
        self._control = Control(simulation, self.sites_url)

    def start(self) -> None:
        """Make the world, then answer."""
        read_models()
        forget_everything()
        build_world(self.simulation)
        restore_newcomers(self.simulation)
        restore_databases(self.simulation)
        self.simulation.changed.restore()
        self.simulation.agents.restore()
        restore_roles(self.simulation)
        open_scenarios(self.simulation)
        self._aws.start()
        self._sites.start()

    def stop(self) -> None:
        """Answer no more; what must survive is on disk already."""
        self._aws.stop()
        self._sites.stop()
        if _one_at_a_time.locked():
            _one_at_a_time.release()

    def _answer(self, incoming: Incoming) -> Reply:
        if incoming.path.startswith("/sandbox/"):
            return self._control.answer(incoming)
        return self._door.answer(incoming)


def start_sandbox(
    data_dir: Path | None = None,
    clock: SandboxClock | None = None,
    world: World = SAMPLE_WORLD,
    port: int = 0,
    sites_port: int = 0,
) -> Sandbox:
    """Start a sandbox in this process, on free ports unless told; without a folder it remembers nothing.

    moto keeps its state in modules, so a process holds one sandbox at a time.
    """
    if not _one_at_a_time.acquire(blocking=False):
        raise RuntimeError("a sandbox already runs in this process: stop it first")
    try:
        sandbox = Sandbox(Simulation(world, clock or SandboxClock(), data_dir), port, sites_port)
    except BaseException:
        _one_at_a_time.release()
        raise
    try:
        sandbox.start()
    except BaseException:
        sandbox.stop()
        raise
    return sandbox
