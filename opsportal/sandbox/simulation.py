"""The simulated world as one object: what it consists of, its time, its memory, who may call, what is broken."""

import threading
from pathlib import Path

from opsportal.sandbox.agents import Agents
from opsportal.sandbox.changed import Changed
from opsportal.sandbox.clock import SandboxClock
from opsportal.sandbox.conditions import Conditions
from opsportal.sandbox.estate import Estate
from opsportal.sandbox.evaluation import Alarms
from opsportal.sandbox.journal import Journal
from opsportal.sandbox.life import Life
from opsportal.sandbox.made import Made
from opsportal.sandbox.nights import Nights
from opsportal.sandbox.principals import Principals
from opsportal.sandbox.states import States
from opsportal.sandbox.store import Store
from opsportal.sandbox.timelines import Timelines
from opsportal.sandbox.volumes import Volumes
from opsportal.sandbox.world import World


class Simulation:
    """Everything that the answers of the sandbox are made from; `lock` keeps one call at a time in it."""

    def __init__(self, world: World, clock: SandboxClock, folder: Path | None) -> None:
        self.world = world
        self.clock = clock
        self.lock = threading.RLock()
        self.store = Store(folder, clock.now())
        self.journal = Journal(folder)
        self.estate = Estate()
        self.conditions = Conditions(self.store)
        self.timelines = Timelines(self.store)
        self.principals = Principals(self.store.data["token_key"], clock)
        self.states = States(self)
        self.life = Life(self)
        self.nights = Nights(self)
        self.alarms = Alarms(self)
        self.changed = Changed(self)
        self.volumes = Volumes(self)
        self.made = Made(self)
        self.agents = Agents(self)
