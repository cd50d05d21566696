"""When people work: hours of each weekday, holidays, absences. Whatever says "working days" counts with this."""

from relata.engine.automation.working_time.calendar import Calendar as Calendar
from relata.engine.automation.working_time.calendar import Span as Span
from relata.engine.automation.working_time.calendar import parse_spans as parse_spans
from relata.engine.automation.working_time.calendar import spans_text as spans_text
from relata.engine.automation.working_time.counting import NeverOpen as NeverOpen
from relata.engine.automation.working_time.counting import add_working as add_working
from relata.engine.automation.working_time.counting import add_working_days as add_working_days
from relata.engine.automation.working_time.counting import is_open as is_open
from relata.engine.automation.working_time.counting import next_open as next_open
from relata.engine.automation.working_time.counting import shift_days as shift_days
from relata.engine.automation.working_time.counting import working_between as working_between
