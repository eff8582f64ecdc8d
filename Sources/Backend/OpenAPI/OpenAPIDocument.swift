import HTTPTypes
import ContextMonitor
import WireProtocol

/// `GET /openapi.json`: OpenAPI 3.1 of every route.
enum OpenAPIDocument {
    /// The whole document.
    static func json(version: String) -> JSONValue {
        var paths = JSONObject()
        for path in Set(APIOperation.all.map(\.path)).sorted() {
            var operations = JSONObject()
            for operation in APIOperation.all where operation.path == path {
                operations[operation.method.rawValue.lowercased()] = operation.json
            }
            paths[path] = .object(operations)
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "ctxtop-backend", "version": .string(version),
                "summary": "Agents for many users, each with a context and a dispatcher of their own.",
                "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
            ],
            "servers": [["url": "/"]],
            "tags": [["name": "health"], ["name": "sessions"], ["name": "monitoring"]],
            "paths": .object(paths),
            "components": [
                "securitySchemes": [
                    "user": scheme("A user's token from --users-file."),
                    "operator": scheme("An operator's token from --token-file; actions need act."),
                ],
                "responses": .object(problems), "schemas": .object(APISchemas.all),
            ],
        ]
    }

    private static func scheme(_ words: String) -> JSONValue {
        ["type": "http", "scheme": "bearer", "description": .string(words)]
    }

    private static var problems: JSONObject {
        let words: [(Int, String)] = [
            (400, "What was sent cannot be understood."), (401, "No known token."),
            (403, "The token may read only, or a page of another origin sent it."),
            (404, "There is none, or it is another user's."),
            (409, "It cannot be done now, or several users have that id."),
            (410, "The resume point is not held any more."),
            (413, "The body is too large."), (415, "The body is not declared as JSON."),
            (426, "The route speaks WebSocket."),
            (429, "A limit of the user is reached, or wrong tokens came from there; Retry-After."),
            (500, "No dispatcher could be created."),
            (503, "The server is stopping; Retry-After."),
        ]
        var object = JSONObject()
        for (status, words) in words {
            object["problem\(status)"] = [
                "description": .string(words),
                "content": ["application/problem+json": ["schema": APIOperation.reference("Problem")]],
            ]
        }
        return object
    }
}
