import PatternDetection
import WireProtocol

/// The shapes of bodies and answers, as JSON Schema 2020-12; readers ignore members that they do not know.
enum APISchemas {
    static let all: JSONObject = [
        "Anything": ["type": "object"],
        "Problem": object(
            ["type": text, "title": text, "status": whole, "detail": text, "owners": list(text)],
            required: ["title", "status"]),
        "Health": object(
            [
                "status": choice(["pass", "warn", "fail"]), "version": text, "releaseId": text,
                "serviceId": text, "output": text, "links": ["type": "object"],
                "checks": [
                    "type": "object",
                    "additionalProperties": list(
                        object([
                            "status": text, "observedValue": text, "output": text, "componentType": text,
                            "time": moment,
                        ])),
                ],
            ], required: ["status"]),
        "Agents": object(["agents": list(object(["name": text], required: ["name"]))], required: ["agents"]),
        "RunAgentInput": object([
            "threadId": text, "runId": text, "parentRunId": text, "state": [:],
            "messages": list(["type": "object"]), "tools": list(["type": "object"]),
            "context": list(["type": "object"]), "forwardedProps": [:], "resume": list(["type": "object"]),
            "prompt": text,
        ]),
        "JobInput": object(["prompt": text, "messages": list(["type": "object"]), "parent": text]),
        "Job": object(
            [
                "id": text, "run": text, "error": text,
                "state": choice(["running", "completed", "failed", "cancelled", "lost"]),
            ], required: ["id", "run", "state"]),
        "Run": object(
            [
                "id": text, "session": text, "error": text, "interrupts": list(["type": "object"]),
                "state": choice(["queued", "running", "completed", "failed", "cancelled", "lost"]),
            ], required: ["id", "session", "state"]),
        "Session": object(
            [
                "id": text, "path": text, "context": text, "dispatcher": text, "lastUsedAt": moment,
                "runs": list(text), "ended": ["type": "boolean"],
            ], required: ["id", "path", "runs", "ended"]),
        "Sessions": object(["sessions": list(APIOperation.reference("Session"))], required: ["sessions"]),
        "Done": object(["detail": text, "passed": ["type": "boolean"], "paths": list(["type": "object"])]),
        "PatternSwitch": object(
            [
                "pattern": choice(StartupPattern.selectable.map(\.rawValue)), "rehearse": ["type": "boolean"],
                "force": ["type": "boolean"],
            ], required: ["pattern"]),
        "FaultSwitch": object(
            ["fault": text, "on": ["type": "boolean"]], required: ["fault", "on"]),
        "Faults": object(
            [
                "faults": list(
                    object(
                        [
                            "fault": choice(Fault.all.map(\.name)), "on": ["type": "boolean"],
                            "value": text, "parameter": text, "summary": text,
                        ], required: ["fault", "on"]))
            ], required: ["faults"]),
        "Context": object(
            [
                "id": text, "user": text, "session": text, "run": text, "request": text, "connection": text,
                "path": text, "dispatcher": text, "createdAt": moment, "deadline": moment, "parent": text,
                "children": list(text), "dispatcherRecord": ["type": "object"],
                "ended": object(["at": moment, "reason": text], required: ["at", "reason"]),
                "tools": list(object(["name": text, "calls": whole], required: ["name", "calls"])),
                "audit": list(
                    object(
                        ["at": moment, "who": text, "what": text, "reason": text, "from": text, "to": text],
                        required: ["at", "who", "what"])),
                "auditOmitted": whole, "limits": ["type": "object"], "events": list(["type": "object"]),
            ], required: ["id", "children", "tools", "audit", "events"]),
        "Snapshot": object(
            [
                "name": text, "version": text, "instance": text, "bootId": text, "startedAt": moment,
                "startup": ["type": "object"], "health": ["type": "object"],
                "paths": list(["type": "object"]), "sessions": list(["type": "object"]),
                "dispatchers": list(["type": "object"]), "runs": list(["type": "object"]),
                "contexts": list(["type": "object"]), "limits": ["type": "object"],
                "checklist": list(["type": "object"]), "sessionsOmitted": whole,
                "dispatchersOmitted": whole, "runsOmitted": whole, "lastEventId": text,
                "history": list(["type": "object"]),
            ],
            required: ["name", "paths", "sessions", "dispatchers", "runs", "contexts", "lastEventId"]),
    ]

    private static let text: JSONValue = ["type": "string"]
    private static let whole: JSONValue = ["type": "integer"]
    private static let moment: JSONValue = ["type": "string", "format": "date-time"]

    private static func choice(_ words: [String]) -> JSONValue {
        ["type": "string", "enum": .array(words.map { .string($0) })]
    }

    private static func list(_ items: JSONValue) -> JSONValue { ["type": "array", "items": items] }

    private static func object(_ properties: JSONObject, required: [String] = []) -> JSONValue {
        var schema: JSONObject = ["type": "object", "properties": .object(properties)]
        if !required.isEmpty { schema["required"] = .array(required.map { .string($0) }) }
        return .object(schema)
    }
}
