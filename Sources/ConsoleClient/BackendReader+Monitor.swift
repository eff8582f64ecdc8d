import AsyncHTTPClient
import Dialects
import NIOCore
import NIOHTTP1
import WireProtocol

/// What our own wire has below its monitoring root.
extension BackendReader {
    /// The snapshot below a monitoring root.
    func snapshot(_ root: String) async throws(ReadError) -> BackendSnapshot {
        let answer = try await reader.get(root + "/snapshot", limit: Self.snapshotLimit)
        guard answer.status == 200 else { throw .other(Self.words(answer)) }
        let json: JSONValue
        do throws(JSONError) { json = try JSONParser.parse(answer.body) } catch {
            throw .other("the snapshot is no valid JSON: \(error)")
        }
        guard let snapshot = json.object.flatMap({ BackendSnapshot(json: $0) }) else {
            throw .other("the answer is no snapshot")
        }
        return snapshot
    }

    /// How reading the snapshot of an announced monitoring root went.
    func outcome(of root: String, _ error: ReadError?) -> Message {
        let address = "GET " + path(of: root + "/snapshot")
        return .read(ReadOutcome(.sessions, address, failure: error?.description))
    }

    /// The same of its event stream.
    func outcome(ofEventsOf root: String, _ error: ReadError?) -> Message {
        .read(ReadOutcome(.events, "GET " + path(of: root + "/events"), failure: error?.description))
    }

    /// Opens the event stream below a monitoring root.
    ///
    /// - Throws: ``StreamEnding`` when the resume point is gone, ``ReadError`` for everything else.
    func openEvents(_ root: String, after id: String?) async throws -> HTTPClientResponse {
        let response = try await reader.open(root + "/events", accept: "text/event-stream", after: id)
        switch response.status.code {
        case 200:
            let type = response.headers.first(name: "content-type") ?? "nothing"
            guard type.lowercased().hasPrefix("text/event-stream") else {
                throw ReadError.other("the answer is \(type), not an event stream")
            }
            return response
        case 410: throw StreamEnding.resumePointGone(by: Self.boot(await refusal(response).json))
        default: throw ReadError.other(Self.words(await refusal(response)))
        }
    }

    /// An answer that refuses a stream, with what came of its body in time.
    private func refusal(_ response: HTTPClientResponse) async -> HealthAnswerDocument {
        let body = try? await withDeadline(reader.options.timeout) {
            Array(try await response.body.collect(upTo: 1 << 16).readableBytesView)
        }
        return HealthAnswerDocument(status: Int(response.status.code), contentType: nil, body: body ?? [])
    }

    /// Who a document says it is from, as snapshots and refused resume points do.
    private static func boot(_ json: JSONValue?) -> Message? {
        guard let id = json?["bootId"]?.string, !id.isEmpty else { return nil }
        return .boot(
            String(id.prefix(200)), instance: json?["instance"]?.string.map { String($0.prefix(200)) })
    }

    /// Why a monitoring route did not give what it should.
    static func words(_ answer: HealthAnswerDocument) -> String {
        let detail = answer.json?["detail"]?.string.map { ": \($0)" } ?? ""
        switch answer.status {
        case 401: return "HTTP 401, use --token-file FILE" + detail
        case 403: return "HTTP 403, the token may not read this" + detail
        default: return "HTTP \(answer.status)" + detail
        }
    }
}
