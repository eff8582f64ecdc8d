public import WireProtocol

/// Reads any health answer as one record, by the rule of WIRE.md "Health of others".
public enum HealthNormalizer {
    /// What the answer says: the worse of HTTP class and body, and why, where that needs words.
    public static func read(_ answer: HealthAnswerDocument) -> HealthRecord {
        if answer.isGRPC { return GRPCHealth.record(answer) }
        var record = HealthRecord()
        record.httpStatus = answer.status
        if let reason = notHealth(answer) {
            record.reason = reason
            return record
        }
        let body = read(answer.body)
        record.checks = body.checks
        if let unreadable = body.unreadable {
            record.reason = unreadable
            return record
        }
        let http = HealthWords.httpClass(answer.status)
        record.status = max(http, body.status ?? http)
        var reasons = [body.reason].compactMap { $0 }
        if reasons.isEmpty, record.status >= .warn, let culprits = culprits(in: record) {
            reasons.append(culprits)
        }
        if let status = body.status, status != .unknown, (http == .fail) != (status == .fail) {
            reasons.insert("HTTP \(answer.status) but the body says \(status.rawValue)", at: 0)
        }
        record.reason = reasons.isEmpty ? nil : reasons.joined(separator: "; ")
        return record
    }

    /// The parts that are to blame, with the words of the first; else those whose words are not known.
    private static func culprits(in record: HealthRecord) -> String? {
        var found = record.checks.filter { $0.status == record.status }
        if found.isEmpty { found = record.checks.filter { $0.status == .unknown && $0.output != nil } }
        guard let first = found.first else { return nil }
        let output =
            first.output?.split(whereSeparator: \.isNewline).first.map { ": " + $0.prefix(200) } ?? ""
        return first.name + output + (found.count > 1 ? ", and \(found.count - 1) more" : "")
    }

    /// Why the answer is none of a health endpoint; nil when it may be one.
    private static func notHealth(_ answer: HealthAnswerDocument) -> String? {
        switch answer.status {
        case 401: return "HTTP 401: this endpoint needs a token (--token-file, --header-file)"
        case 403: return "HTTP 403: the token may not read this endpoint"
        case 404: return "HTTP 404: there is no health endpoint at this address"
        case 429: return "HTTP 429: asked too often"
        default: break
        }
        let start = answer.body.drop { $0 <= 0x20 }.prefix(1)
        if answer.contentType?.lowercased().contains("html") == true
            || start.elementsEqual([UInt8(ascii: "<")])
        {
            return "HTML: this address is a page, not a health endpoint"
        }
        return nil
    }

    /// What a body says by itself.
    private struct Body {
        var status: HealthStatus?
        var reason: String?
        var checks: [CheckRecord] = []
        var unreadable: String?
    }

    private static func read(_ bytes: [UInt8]) -> Body {
        let trimmed = bytes.drop { $0 <= 0x20 }
        if trimmed.isEmpty { return Body() }
        do throws(JSONError) { return read(try JSONParser.parse(bytes)) } catch {
            if let first = trimmed.first, [UInt8(ascii: "{"), UInt8(ascii: "[")].contains(first),
                !KubernetesText.isOne(bytes)
            {
                return Body(unreadable: "the body is no valid JSON: \(error)")
            }
            return text(String(decoding: bytes, as: UTF8.self))
        }
    }

    private static func text(_ text: String) -> Body {
        if KubernetesText.isOne(Array(text.utf8)) {
            let checks = KubernetesText.checks(text)
            let last = text.split(separator: "\n").last.flatMap { HealthWords.sentence(String($0)) }
            return Body(status: last ?? checks.map(\.status).max(), checks: checks)
        }
        let short = text.prefix(200).trimmingSpace()
        return Body(status: HealthWords.sentence(String(short)), reason: String(short))
    }

    private static func read(_ json: JSONValue) -> Body {
        switch json {
        case .string(let sentence): return Body(status: HealthWords.sentence(sentence), reason: sentence)
        case .bool, .integer: return Body(status: HealthWords.value(json))
        case .array: return components(of: json, stated: nil)
        case .object(let object):
            if object.members.count == 1, let inner = object.anyCase("detail"), inner.object != nil {
                return read(inner)
            }
            return components(of: json, stated: object)
        default: return Body(status: .unknown, reason: "the body is \(json.text)")
        }
    }

    private static func components(of json: JSONValue, stated object: JSONObject?) -> Body {
        var body = Body(checks: HealthComponents.find(in: json))
        body.status = object?.statedHealth
        if body.status == .unknown, let word = object?.anyCase("status")?.string {
            body.reason = "status \"\(word)\" is not a known word"
        }
        if body.status == nil {
            let known = body.checks.map(\.status).filter { $0 != .unknown }
            // Parts that are well say nothing of the whole beside one that nobody can read.
            let isWhole = known.count == body.checks.count || known.max() != .pass
            if isWhole { body.status = known.max() }
        }
        if let complaint = object?.complaint {
            if body.status == nil { body.status = .fail }
            body.reason = complaint
        } else if let words = object?.remark {
            if body.status == nil { body.status = HealthWords.sentence(words) }
            if body.status != .pass { body.reason = words }
        }
        return body
    }
}

extension JSONObject {
    /// What a document says about itself in words.
    fileprivate var remark: String? {
        ["output", "message", "detail", "title"].compactMap { anyCase($0)?.string }.first { !$0.isEmpty }
    }

    /// What an error body complains about: a text, `{"message": …}`, or a list of either; nil when there is none.
    fileprivate var complaint: String? {
        let errors = anyCase("errors")?.array?.first
        guard let value = anyCase("error") ?? errors else { return nil }
        if let text = value.string { return text.isEmpty ? nil : text }
        return value.object?.anyCase("message")?.string
    }
}

extension Substring {
    /// The text without the space around it.
    fileprivate func trimmingSpace() -> Substring {
        var text = drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
