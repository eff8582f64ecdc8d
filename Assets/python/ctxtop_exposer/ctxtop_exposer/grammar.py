"""The grammar of one run: started (thinking | tool pair)* (completed | error)."""

from __future__ import annotations

#: What an AG-UI type means to the grammar; other types count and change nothing.
STEPS = {
    "RUN_STARTED": "started",
    "TOOL_CALL_START": "executing",
    "TOOL_CALL_RESULT": "result",
    "RUN_FINISHED": "completed",
    "RUN_ERROR": "error",
}

#: The operator's word for an AG-UI type.
WORDS = {
    "RUN_STARTED": "agent_started",
    "STEP_STARTED": "agent_thinking",
    "TOOL_CALL_START": "tool_executing",
    "TOOL_CALL_RESULT": "tool_completed",
    "RUN_FINISHED": "agent_completed",
    "RUN_ERROR": "agent_error",
}
for _kind in ("REASONING_", "REASONING_MESSAGE_", "TEXT_MESSAGE_"):
    for _part in ("START", "CONTENT", "END", "CHUNK", "ENCRYPTED_VALUE"):
        WORDS[_kind + _part] = "agent_thinking"


class RunGrammar:
    """A small state machine with terminal states; tool calls pair as a multiset by call id."""

    __slots__ = ("calls", "state", "violations")

    def __init__(self) -> None:
        self.state = "notStarted"
        self.violations: list[str] = []
        self.calls: dict[str, int] = {}

    def note(self, violation: str) -> None:
        """Records a violation, each once."""
        if violation not in self.violations:
            self.violations = self.violations + [violation]

    def apply(self, kind: str, call: str) -> None:
        """Takes the next event of the run."""
        step = STEPS.get(kind)
        if self.state in ("completed", "failed"):
            self.note("duplicate" if step in ("completed", "error") else "late: event after the end")
            return
        if self.state == "notStarted":
            if step != "started":
                self.note("missing: agent_started")
            self.state = "open"
        elif step == "started":
            self.note("duplicate")
        if step == "executing":
            self.calls[call] = self.calls.get(call, 0) + 1
        elif step == "result":
            self._close(call)
        elif step == "completed":
            if self.calls:
                self.note("missing: tool_completed")
            self.state = "completed"
        elif step == "error":
            self.state = "failed"

    def _close(self, call: str) -> None:
        count = self.calls.get(call)
        if count is None:
            self.note("unpaired: tool_completed without tool_executing")
        elif count > 1:
            self.calls[call] = count - 1
        else:
            del self.calls[call]
