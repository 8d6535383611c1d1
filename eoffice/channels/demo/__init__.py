"""The demo trio: a channel that works, one that refuses, one that breaks. In memory, for trying out and for tests.

They are honest fakes: they keep the promises of the port (``eoffice.channels.port``) and the same contract tests
run over them as over the real adapters.
"""

from eoffice.channels.demo.breaking import BreakingChannel
from eoffice.channels.demo.refusing import RefusingChannel
from eoffice.channels.demo.working import Sent, WorkingChannel

__all__ = ["BreakingChannel", "RefusingChannel", "Sent", "WorkingChannel"]
