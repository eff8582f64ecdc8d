"""A model server that speaks OpenAI's chat completions and responses and obeys the words of its user.

The last message with a `[[…]]` has a list of words. Each names a tool: the model calls them in order, those that the
asking agent has, and then answers. `ask_lookout:tide` calls a tool with `[[tide]]` in its texts, and
`pass=lookout:tide` one whose first text is `lookout`. `think3` makes the first call take 3 s, and `refuse` is answered
with 400. A call costs 100 tokens, 40 of them cached, and brings 10.
"""

import json
import random
import re
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MARK = re.compile(r"\[\[([^\]]*)\]\]")
ANSWER = "All is calm."


def words_of(value):
    """Everything that was written in a message, as one text."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "\n".join(words_of(item) for item in value)
    if isinstance(value, dict):
        return words_of(value.get("text") or value.get("content") or "")
    return ""


class Refusal(Exception):
    """The script says that the model refuses now."""


class Conversation:
    """What a request has of a conversation, in either protocol."""

    def __init__(self, body):
        items = body.get("messages")
        if items is None:
            given = body.get("input")
            items = [{"role": "user", "content": given}] if isinstance(given, str) else given or []
        self.script, self.called = [], []
        for item in items:
            role, kind = item.get("role"), item.get("type")
            if role in ("user", "system", "developer") and (found := MARK.findall(words_of(item))):
                self.script, self.called = found[0].split(), []
            if role in ("assistant", "user"):
                # Some libraries write calls, or calls that failed, as text.
                text = words_of(item)
                self.called += [call["function"]["name"] for call in item.get("tool_calls") or []]
                names = map(self.name, self.script)
                self.called += [name for name in names if f"'{name}'" in text or f"`{name}`" in text]
            elif kind == "function_call":
                self.called.append(item["name"])
        self.tools = {}
        for tool in body.get("tools") or []:
            function = tool.get("function") or tool
            self.tools[function["name"]] = function.get("parameters") or {}

    @staticmethod
    def name(word):
        return word.partition(":")[0].partition("=")[0]

    def next_call(self):
        """The name and the arguments of the tool to be called now; None to answer."""
        left = list(self.called)
        for word in self.script:
            name = self.name(word)
            if name in left:
                left.remove(name)
            elif name in self.tools:
                return name, self.arguments(self.tools[name], word)
        if "refuse" in self.script:
            raise Refusal
        if "final_answer" in self.tools:
            return "final_answer", {"answer": ANSWER}
        return None

    @staticmethod
    def arguments(schema, word):
        head, _, inner = word.partition(":")
        texts = [f"[[{inner.replace('+', ' ')}]]"] * 9
        if "=" in head:
            texts.insert(0, head.partition("=")[2])
        required = schema.get("required") or list(schema.get("properties") or {})
        types = {"integer": 1, "number": 1.0, "boolean": True, "array": [], "object": {}}
        fields = {name: field for name, field in (schema.get("properties") or {}).items() if name in required}
        return {
            name: types[field["type"]] if field.get("type") in types else texts.pop(0)
            for name, field in fields.items()}

    def seconds(self):
        if not self.called:
            for word in self.script:
                if word.startswith("think"):
                    return float(word.removeprefix("think"))
        return random.uniform(0.05, 0.3)


def chat_answer(body, call):
    message = {"role": "assistant", "content": None if call else ANSWER}
    if call:
        function = {"name": call[0], "arguments": json.dumps(call[1])}
        message["tool_calls"] = [{"id": "call_" + uuid.uuid4().hex[:12], "type": "function", "function": function}]
    usage = {
        "prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110,
        "prompt_tokens_details": {"cached_tokens": 40}}
    return {
        "id": "chatcmpl-" + uuid.uuid4().hex, "object": "chat.completion", "created": int(time.time()),
        "model": body["model"], "usage": usage, "choices": [
            {"index": 0, "message": message, "finish_reason": "tool_calls" if call else "stop"}]}


def chat_chunks(body, call):
    """The same answer in pieces."""
    whole = chat_answer(body, call)
    choice, usage = whole["choices"][0], whole.pop("usage")
    whole["object"] = "chat.completion.chunk"
    delta = dict(choice["message"])
    for number, tool in enumerate(delta.get("tool_calls") or []):
        tool["index"] = number
    for piece, reason in ((delta, None), ({}, choice["finish_reason"])):
        yield {**whole, "choices": [{"index": 0, "delta": piece, "finish_reason": reason}]}
    yield {**whole, "choices": [], "usage": usage}


def response_answer(body, call):
    if call:
        item = {
            "type": "function_call", "id": "fc_" + uuid.uuid4().hex[:12], "call_id": "call_" + uuid.uuid4().hex[:12],
            "name": call[0], "arguments": json.dumps(call[1]), "status": "completed"}
    else:
        item = {
            "type": "message", "id": "msg_" + uuid.uuid4().hex[:12], "role": "assistant", "status": "completed",
            "content": [{"type": "output_text", "text": ANSWER, "annotations": []}]}
    usage = {
        "input_tokens": 100, "input_tokens_details": {"cached_tokens": 40}, "output_tokens": 10,
        "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 110}
    return {
        "id": "resp_" + uuid.uuid4().hex, "object": "response", "created_at": int(time.time()), "model": body["model"],
        "status": "completed", "output": [item], "usage": usage, "parallel_tool_calls": False, "tool_choice": "auto",
        "tools": [], "error": None, "incomplete_details": None, "instructions": None, "metadata": {},
        "temperature": 1.0, "top_p": 1.0}


def response_chunks(body, call):
    whole = response_answer(body, call)
    item = whole["output"][0]
    begun = {**whole, "status": "in_progress", "output": [], "usage": None}
    events = [{"type": "response.created", "response": begun}]
    events.append({"type": "response.output_item.added", "output_index": 0, "item": item})
    place = {"item_id": item["id"], "output_index": 0}
    if not call:
        part = item["content"][0]
        place["content_index"] = 0
        events.append({"type": "response.content_part.added", **place, "part": {**part, "text": ""}})
        events.append({"type": "response.output_text.delta", **place, "delta": ANSWER, "logprobs": []})
        events.append({"type": "response.output_text.done", **place, "text": ANSWER, "logprobs": []})
        events.append({"type": "response.content_part.done", **place, "part": part})
    else:
        done = {"arguments": item["arguments"], "name": item["name"]}
        events.append({"type": "response.function_call_arguments.done", **place, **done})
    events.append({"type": "response.output_item.done", "output_index": 0, "item": item})
    events.append({"type": "response.completed", "response": whole})
    for number, event in enumerate(events):
        yield {**event, "sequence_number": number}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        conversation = Conversation(body)
        time.sleep(conversation.seconds())
        try:
            call = conversation.next_call()
        except Refusal:
            error = {"message": "the model is out of order", "type": "invalid_request_error"}
            return self.answer(400, {"error": error})
        is_chat = self.path.endswith("/chat/completions")
        if body.get("stream"):
            return self.stream((chat_chunks if is_chat else response_chunks)(body, call), is_chat)
        self.answer(200, (chat_answer if is_chat else response_answer)(body, call))

    def answer(self, status, content):
        text = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def stream(self, chunks, is_chat):
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        for chunk in chunks:
            head = "" if is_chat else f"event: {chunk['type']}\n"
            self.wfile.write(f"{head}data: {json.dumps(chunk)}\n\n".encode())
        if is_chat:
            self.wfile.write(b"data: [DONE]\n\n")
        self.close_connection = True

    def log_message(self, *_):
        pass


def serve():
    """Serves in the background; the address of the API."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/v1"
