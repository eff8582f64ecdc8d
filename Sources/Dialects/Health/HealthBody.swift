import WireProtocol

/// Reads the body of a health answer: JSON, the text of Kubernetes, a metrics page, or a sentence.
struct HealthBody {
    private let words: HealthWords

    /// A reader with that vocabulary.
    init(_ words: HealthWords) { self.words = words }

    /// What a body says, whatever its HTTP status.
    struct Reading {
        /// The status it states; nil when it states none, so that HTTP decides.
        var status: HealthStatus?
        /// What it says in words.
        var reason: String?
        /// Its parts.
        var checks: [CheckRecord] = []
        /// Why it cannot be read as health.
        var unreadable: String?
    }

    /// Reads any bytes.
    func read(_ bytes: [UInt8]) -> Reading {
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        let trimmed = bytes.drop { $0 <= 0x20 }
        guard let first = trimmed.first else { return Reading() }
        if bytes.starts(with: [0x1F, 0x8B]) {
            return Reading(unreadable: "the body is gzip, which no Content-Encoding says")
        }
        if PrometheusText.isOne(bytes) { return metrics(bytes) }
        switch MarkupText.kind(trimmed) {
        case .page(let title)?:
            let name = title.map { " titled \"\($0)\"" } ?? ""
            return Reading(unreadable: "HTML: a page\(name)")
        case .document(let name)?: return Reading(unreadable: "\(name), which is not read as health")
        case .fragment(let inner)? where Self.isText(bytes): return text(inner)
        case .fragment?: return Reading(unreadable: Self.noText)
        case nil: break
        }
        guard Self.isText(bytes) else { return Reading(unreadable: Self.noText) }
        do throws(JSONError) { return read(try JSONParser.parse(bytes)) } catch {
            if first == UInt8(ascii: "{") || first == UInt8(ascii: "["), !KubernetesText.isOne(bytes) {
                return Reading(unreadable: "the body is not valid JSON: \(error)")
            }
            return text(String(decoding: bytes, as: UTF8.self))
        }
    }

    private static let noText = "the body is not text"

    /// Whether bytes are UTF-8 without a NUL.
    private static func isText(_ bytes: [UInt8]) -> Bool {
        !bytes.contains(0) && String(validating: bytes, as: UTF8.self) != nil
    }

    /// Whether a text has control characters other than white space.
    private static func hasControls(_ text: String) -> Bool {
        text.utf8.contains { $0 < 0x20 && !(0x09...0x0D).contains($0) || $0 == 0x7F }
    }

    /// A metrics page: never judged by its words, and not well while a gauge of health says that something is down.
    private func metrics(_ bytes: [UInt8]) -> Reading {
        let samples = PrometheusText.samples(bytes)
        let down = samples.filter(\.saysDown)
        guard let first = down.first else {
            return Reading(reason: "a metrics page of \(samples.count) samples")
        }
        let name = MetricRows.shownName(of: first)
        let more = down.count > 1 ? ", and \(down.count - 1) more" : ""
        return Reading(status: .unknown, reason: "a metrics page, where \(name) is 0\(more)")
    }

    private func text(_ text: String) -> Reading {
        if KubernetesText.isOne(Array(text.utf8)) {
            let checks = KubernetesText.checks(text)
            let last = text.split(whereSeparator: \.isNewline).last.flatMap {
                HealthSentence.read(String($0), words)?.status
            }
            return Reading(status: last ?? checks.map(\.status).max(), checks: checks)
        }
        if isTable(text) { return Reading(reason: "a table, which is not read as health") }
        let said = HealthSentence.read(text, words)
        let isOneWord = words.status(text) != .unknown
        let status = isOneWord ? words.status(text) : said?.status
        // A failure is believed whatever else is in the text.
        if status != .fail, Self.hasControls(text) { return Reading(unreadable: Self.noText) }
        // What is well needs only its beginning; what is not, the line that says so.
        let line = (status ?? .pass) == .pass ? text[...] : (said?.line ?? text)[...]
        return Reading(status: status, reason: String(line.trimmingSpace().prefix(200)))
    }

    /// Whether the text is a table such as HAProxy's CSV: two lines or more, each of at least five columns.
    private func isTable(_ text: String) -> Bool {
        let lines = text.split(whereSeparator: \.isNewline).prefix(20)
        return lines.count > 1
            && lines.allSatisfy { line in
                // Commas of a sentence have a space behind them.
                let columns = line.split(omittingEmptySubsequences: false) {
                    $0 == "," || $0 == ";" || $0 == "\t"
                }
                return columns.count > 4 && !columns.dropFirst().contains { $0.first == " " }
            }
    }

    private func read(_ json: JSONValue) -> Reading {
        switch json {
        case .string(let sentence):
            let status = words.stated(sentence)
            return Reading(status: status == .unknown ? nil : status, reason: sentence)
        case .bool: return Reading(status: words.value(json))
        case .integer: return Reading()
        case .array: return components(of: json, stated: nil)
        case .object(let object):
            // FastAPI's and PRTG's envelopes.
            if object.members.count == 1, let inner = object.anyCase("detail") ?? object.anyCase("prtg"),
                inner.object != nil
            {
                return read(inner)
            }
            return components(of: json, stated: object)
        default: return Reading(status: .unknown, reason: "the body is \(json.text)")
        }
    }

    private func components(of json: JSONValue, stated object: JSONObject?) -> Reading {
        var body = Reading(checks: HealthComponents(words).find(in: json))
        body.status = object.flatMap { words.stated($0) }
        if body.status == .unknown, let word = object?.text(["status", "state", "health"]) {
            body.reason = "status \"\(word.prefix(100))\" is not a known word" + lesson(word)
        }
        if body.status == nil {
            let known = body.checks.map(\.status).filter { $0 != .unknown }
            // Parts that are well say nothing of the whole beside one that nobody can read.
            let isWhole = known.count == body.checks.count || known.max() != .pass
            if isWhole { body.status = known.max() }
        }
        take(object.map { Complaint(of: $0, words) } ?? .none, object, into: &body)
        if body.status == nil, let denied = object.flatMap(Self.deniedState) {
            // Not counted as a failure, and no reason to call it well.
            (body.status, body.reason) = (.unknown, "\(denied) is false, which may be a failure or a setting")
        }
        if body.status == nil, body.checks.isEmpty, json.isNested {
            body.status = .unknown
            body.reason = body.reason ?? "the JSON says nothing about health"
        }
        return body
    }

    /// A state that a document denies by a truth value, such as `available`; health is stated under other names.
    private static func deniedState(_ object: JSONObject) -> String? {
        object.members.first {
            HealthWords.states.contains($0.name.lowercased()) && $0.value.bool == false
        }?.name
    }

    /// How a single word is taught.
    private func lesson(_ word: String) -> String {
        guard word.count <= 30, word.allSatisfy({ $0.isASCII && ($0.isLetter || $0 == "_" || $0 == "-") })
        else {
            return ""
        }
        return
            "; teach it in config.toml: [health.words] \(word.lowercased()) = \"pass\", \"warn\" or \"fail\""
    }

    private func take(_ complaint: Complaint, _ object: JSONObject?, into body: inout Reading) {
        switch complaint {
        case .made(let text):
            if body.status == nil { body.status = .fail }
            body.reason = text ?? body.reason
        case .denied, .none:
            if complaint == .denied, body.status == nil { body.status = .pass }
            guard let remark = object?.text(Self.remarks) else { return }
            if body.status == nil { body.status = HealthSentence.read(remark, words)?.status }
            if body.status != .pass { body.reason = remark }
        }
    }

    /// Members in which a document says something about itself, the most telling first.
    private static let remarks = [
        "reason", "output", "message", "msg", "detail", "details", "title", "text",
    ]
}

/// What a document complains about under `error` or `errors`.
private enum Complaint: Equatable {
    /// There is no such member, or nothing in it.
    case none
    /// It says that there is no error: `"error": 0`, `false`.
    case denied
    /// There is one, in words where there are any.
    case made(String?)

    init(of object: JSONObject, _ words: HealthWords) {
        let errors = object.anyCase("errors")
        switch object.anyCase("error") ?? errors {
        case .string(let text)?: self = Self.text(text)
        case .bool(let isWrong)?: self = isWrong ? .made(Self.elsewhere(object)) : .denied
        case .integer(let count)?: self = count == 0 ? .denied : .made(Self.elsewhere(object))
        case .object(let inner)?:
            // Terminus keeps failed parts here, which are objects.
            let text = inner.text(["message", "reason", "detail", "msg", "description", "type", "code"])
            self = text.map { .made($0) } ?? .none
        case .array(let list)?:
            guard let first = list.first else { self = .none; return }
            let text =
                first.string ?? first.object?.text(["message", "reason", "detail", "msg", "description"])
            self = text.map { .made($0) } ?? .none
        default: self = .none
        }
    }

    /// A text that is empty, or the word for nothing, is none.
    private static func text(_ text: String) -> Complaint {
        let word = text.lowercased().filter { !$0.isWhitespace }
        return ["", "none", "null", "nil", "no", "false", "-", "n/a"].contains(word) ? .none : .made(text)
    }

    private static func elsewhere(_ object: JSONObject) -> String? {
        object.text(["reason", "message", "msg", "text", "detail", "description"])
    }
}

extension JSONValue {
    /// Whether something is in it that has parts of its own.
    fileprivate var isNested: Bool {
        switch self {
        case .object(let object): object.members.contains { $0.value.hasContent }
        case .array(let elements): elements.contains(where: \.hasContent)
        default: false
        }
    }

    /// Whether it is an object or a list with something in it.
    private var hasContent: Bool {
        switch self {
        case .object(let object): !object.members.isEmpty
        case .array(let elements): !elements.isEmpty
        default: false
        }
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
