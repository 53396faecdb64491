"""The nouns of this app, one module each."""

from customers.models.agreement import ActionClass, Agreement, Approver, Band, NightChoice, Silence
from customers.models.chart import Chart
from customers.models.contact import Contact, ContactChannel
from customers.models.customer import Customer
from customers.models.environment import Environment, Standing
from customers.models.hours import BusinessHours, SpecialDay
from customers.models.inventory import Address, Database, LoadBalancer, Observed, SecurityGroup, Server, Volume
from customers.models.logbook import LogbookEntry
from customers.models.message import Message
from customers.models.need import DutyState, Need
from customers.models.observation import Observation
from customers.models.plan import Duty, Performer, Plan
from customers.models.poll import Poll, Visit
from customers.models.user import Member, User

__all__ = [
    "ActionClass",
    "Address",
    "Agreement",
    "Approver",
    "Band",
    "BusinessHours",
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
    "NightChoice",
    "Observation",
    "Observed",
    "Performer",
    "Plan",
    "Poll",
    "SecurityGroup",
    "Server",
    "Silence",
    "SpecialDay",
    "Standing",
    "User",
    "Visit",
    "Volume",
]
