import WireProtocol

/// The routes of a LangGraph Server that are asked, and what their paths say.
enum LangGraphRoutes {
    /// How many threads the search that is asked for all the time lists.
    static let pageSize = 200
    /// How many threads a page of the walk lists.
    static let walkSize = 500
    /// How many runs of a thread are listed.
    static let runLimit = 20

    static let info = DialectRequest("/info", .once)
    static let metrics = DialectRequest("/metrics", .every(.seconds(10)))
    /// The threads that changed last.
    static let newest = search(.every(.seconds(2)), limit: pageSize)
    /// How many threads there are.
    static let count = DialectRequest("/threads/count", .every(.seconds(10)), body: [:])
    /// The threads that matter most, which are asked for where one page does not list every thread.
    static let urgent = ["busy", "interrupted", "error"].map { status in
        search(.every(.seconds(5)), limit: walkSize, ["status": .string(status)])
    }

    /// One page of threads, the one that changed last first.
    static func search(
        _ rhythm: DialectRequest.Rhythm, limit: Int, offset: Int = 0, _ filter: JSONObject = [:]
    ) -> DialectRequest {
        var body: JSONObject = [
            "limit": .integer(Int64(limit)), "offset": .integer(Int64(offset)), "sort_by": "updated_at",
            "sort_order": "desc",
            "select": [
                "thread_id", "created_at", "updated_at", "state_updated_at", "metadata", "config",
                "status", "interrupts",
            ],
        ]
        for member in filter.members { body.append(member.name, member.value) }
        return DialectRequest("/threads/search", rhythm, body: .object(body))
    }

    /// The newest runs of a thread.
    static func runs(_ path: String) -> DialectRequest {
        DialectRequest(path + "/runs?limit=\(runLimit)", .every(.seconds(2)))
    }

    /// The run that a long queue waits for, which is older than all of the newest ones.
    static func running(_ path: String) -> DialectRequest {
        DialectRequest(path + "/runs?limit=1&status=running", .every(.seconds(2)))
    }

    /// `/threads/{id}`; nil when the id could lead elsewhere.
    static func path(ofThread id: String) -> String? {
        let isPlain = id.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
                || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                || (0x61...0x7A).contains(byte)
        }
        return isPlain ? "/threads/" + id : nil
    }

    /// The thread in `/threads/{id}/…`.
    static func thread(of path: String) -> String? {
        let parts = path.split(separator: "/")
        return parts.count >= 3 && parts[0] == "threads" ? String(parts[1]) : nil
    }

    /// The run in `/threads/{id}/runs/{id}`.
    static func run(of path: String) -> String? {
        let parts = path.split(separator: "/")
        return parts.count == 4 && parts[2] == "runs" ? String(parts[3]) : nil
    }

    /// The part and the address under which reading is reported; nil of what nothing depends on.
    static func address(of request: DialectRequest) -> (Coverage.Part, String)? {
        if request.path == newest.path { return (.sessions, "POST /threads/search") }
        return request.path.contains("/runs?") ? (.runs, "GET /threads/ID/runs") : nil
    }
}
