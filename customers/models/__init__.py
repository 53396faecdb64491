"""The nouns of this app, one module each."""

from customers.models.agreement import Agreement, Duty, Performer, Plan
from customers.models.chart import Chart
from customers.models.contact import Contact, ContactChannel
from customers.models.customer import Customer
from customers.models.environment import Environment, Standing
from customers.models.inventory import Address, Database, LoadBalancer, Observed, SecurityGroup, Server, Volume
from customers.models.logbook import LogbookEntry
from customers.models.message import Message
from customers.models.need import DutyState, Need
from customers.models.observation import Observation
from customers.models.poll import Poll, Visit
from customers.models.user import Member, User

__all__ = [
    "Address",
    "Agreement",
    "Chart",
    "Contact",
    "ContactChannel",
    "Customer",
    "Database",
    "Duty",
    "DutyState",
    "Environment",
    "LoadBalancer",
    "LogbookEntry",
    "Member",
    "Message",
    "Need",
    "Observation",
    "Observed",
    "Performer",
    "Plan",
    "Poll",
    "SecurityGroup",
    "Server",
    "Standing",
    "User",
    "Visit",
    "Volume",
]
