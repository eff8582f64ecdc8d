"""Four tools, a dispatcher that serves one user, and an agent that uses it."""

from __future__ import annotations

import ast
import asyncio
import operator
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timezone
from typing import Any
from uuid import uuid4


class Tool:
    """Something an agent can do; made anew for each user."""

    name = "tool"

    def run(self, text: str) -> str:
        """Does it."""
        raise NotImplementedError


class Calculate(Tool):
    """Adds, subtracts and multiplies."""

    name = "calculate"
    operators = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul}

    def run(self, text: str) -> str:
        """Works a formula out."""
        return str(self._value(ast.parse(text, mode="eval").body))

    def _value(self, node: ast.AST) -> int:
        if isinstance(node, ast.Constant) and isinstance(node.value, int):
            return node.value
        if isinstance(node, ast.BinOp) and type(node.op) in self.operators:
            return int(self.operators[type(node.op)](self._value(node.left), self._value(node.right)))
        raise ValueError("only whole numbers with + - * are understood")


class CurrentTime(Tool):
    """Knows what time it is."""

    name = "current_time"

    def run(self, text: str) -> str:
        """The time, UTC."""
        return datetime.now(timezone.utc).isoformat(timespec="seconds")


class CountWords(Tool):
    """Counts."""

    name = "count_words"

    def run(self, text: str) -> str:
        """How many words a text has."""
        return str(len(text.split()))


class Shout(Tool):
    """Says it louder."""

    name = "shout"

    def run(self, text: str) -> str:
        """The text in capitals."""
        return text.upper()


TOOL_CLASSES: Sequence[type[Tool]] = (Calculate, CurrentTime, CountWords, Shout)


class UserDispatcher:
    """Executes tools for exactly one user."""

    def __init__(self, user: str, tool_classes: Sequence[type[Tool]]) -> None:
        self.id = f"dispatcher-{uuid4().hex[:12]}"
        self.user = user
        self.tools = {tool.name: tool() for tool in tool_classes}

    def execute(self, tool: str, text: str) -> str:
        """Runs one tool by its name."""
        return self.tools[tool].run(text)


async def run_agent(dispatcher: UserDispatcher, question: str) -> AsyncIterator[dict[str, Any]]:
    """One run: the five events of an agent, in the shape `{type, run_id, agent_name, payload}`."""
    run = uuid4().hex

    def event(kind: str, **payload: Any) -> dict[str, Any]:
        return {"type": kind, "run_id": run, "agent_name": "helper", "payload": payload}

    yield event("agent_started", status="started")
    yield event("agent_thinking", reasoning=f"Which tool answers {question!r}?")
    tool = "calculate" if question[:1].isdigit() else "count_words"
    yield event("tool_executing", tool_name=tool, parameters={"text": question})
    await asyncio.sleep(0.2)
    result = dispatcher.execute(tool, question)
    yield event("tool_completed", tool_name=tool, result=result)
    yield event("agent_completed", status="completed", result=result)
