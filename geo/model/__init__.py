"""The tables of schema `yike`, one noun a module (SQLAlchemy 2 with GeoAlchemy2)."""

from geo.model.account import ROLES, Account, Session, Source
from geo.model.area import LEVELS, Area
from geo.model.base import SCHEMA, Base
from geo.model.building import BUILDING_USES, Building, Compound, Contact, Entrance, Gate, Resident, Unit
from geo.model.change import Change, LiveClock, Revision
from geo.model.device import (
    DeadLetter,
    Device,
    DeviceKind,
    DeviceOffline,
    DeviceState,
    Receipt,
    Telemetry,
)
from geo.model.facility import Facility, FacilityCategory
from geo.model.finder import FOUND_KINDS, Alias, Finder, Hanzi
from geo.model.history import Silence, TelemetryHour, TelemetryPending, WorkerTrack
from geo.model.incident import ORDER_ENDS, ORDER_STATES, Incident, IncidentLog, WorkOrder, WorkOrderLog
from geo.model.notice import AUDIENCES, CHANNEL_TYPES, EVENTS, Channel, Notification
from geo.model.report import IncidentCategory, Photo, Report
from geo.model.rule import RULE_TYPES, Absence, CounterState, Deadline, Rule, RuleException, RuleOverride
from geo.model.scenario import Scenario
from geo.model.street import GROUND_KINDS, STREET_CLASSES, Ground, Street, StreetNode
from geo.model.visit import TOUR_STATES, VISIT_STATES, Tour, TourPlan, Visit, VisitLog, VisitRule, VisitWish
from geo.model.worker import PROFILES, Department, Worker, WorkerPosition

__all__ = [
    "AUDIENCES",
    "BUILDING_USES",
    "CHANNEL_TYPES",
    "EVENTS",
    "FOUND_KINDS",
    "GROUND_KINDS",
    "LEVELS",
    "ORDER_ENDS",
    "ORDER_STATES",
    "PROFILES",
    "ROLES",
    "RULE_TYPES",
    "SCHEMA",
    "STREET_CLASSES",
    "TOUR_STATES",
    "VISIT_STATES",
    "Absence",
    "Account",
    "Alias",
    "Area",
    "Base",
    "Building",
    "Change",
    "Channel",
    "Compound",
    "Contact",
    "CounterState",
    "DeadLetter",
    "Deadline",
    "Department",
    "Device",
    "DeviceKind",
    "DeviceOffline",
    "DeviceState",
    "Entrance",
    "Facility",
    "FacilityCategory",
    "Finder",
    "Gate",
    "Ground",
    "Hanzi",
    "Incident",
    "IncidentCategory",
    "IncidentLog",
    "LiveClock",
    "Notification",
    "Photo",
    "Receipt",
    "Report",
    "Resident",
    "Revision",
    "Rule",
    "RuleException",
    "RuleOverride",
    "Scenario",
    "Session",
    "Silence",
    "Source",
    "Street",
    "StreetNode",
    "Telemetry",
    "TelemetryHour",
    "TelemetryPending",
    "Tour",
    "TourPlan",
    "Unit",
    "Visit",
    "VisitLog",
    "VisitRule",
    "VisitWish",
    "WorkOrder",
    "WorkOrderLog",
    "Worker",
    "WorkerPosition",
    "WorkerTrack",
]
