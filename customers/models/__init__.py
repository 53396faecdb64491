"""The nouns of this app, one module each."""

from customers.models.agreement import ActionClass, Agreement, Approver, Band, NightChoice, Silence
from customers.models.attempt import Attempt
from customers.models.chart import Chart
from customers.models.contact import Contact, ContactChannel
from customers.models.customer import Customer
from customers.models.emergency_access import EmergencyAccess
from customers.models.environment import Environment, Standing
from customers.models.hours import BusinessHours, SpecialDay
from customers.models.inventory import Address, Database, LoadBalancer, Observed, SecurityGroup, Server, Volume
from customers.models.invitation import Invitation
from customers.models.logbook import LogbookEntry, LogbookSeal
from customers.models.message import Message
from customers.models.need import DutyState, Need
from customers.models.observation import Observation
from customers.models.onboarding import ConnectionTest, Onboarding, TrustProof
from customers.models.plan import Duty, Performer, Plan
from customers.models.poll import Poll, Visit
from customers.models.second_factor import AuthenticatorApp, Passkey, RecoveryCode
from customers.models.session import Session
from customers.models.user import Member, User

__all__ = [
    "ActionClass",
    "Address",
    "Agreement",
    "Approver",
    "Attempt",
    "AuthenticatorApp",
    "Band",
    "BusinessHours",
    "Chart",
    "ConnectionTest",
    "Contact",
    "ContactChannel",
    "Customer",
    "Database",
    "Duty",
    "DutyState",
    "EmergencyAccess",
    "Environment",
    "Invitation",
    "LoadBalancer",
    "LogbookEntry",
    "LogbookSeal",
    "Member",
    "Message",
    "Need",
    "NightChoice",
    "Observation",
    "Observed",
    "Onboarding",
    "Passkey",
    "Performer",
    "Plan",
    "Poll",
    "RecoveryCode",
    "SecurityGroup",
    "Server",
    "Session",
    "Silence",
    "SpecialDay",
    "Standing",
    "TrustProof",
    "User",
    "Visit",
    "Volume",
]
