import PatternDetection
import WireProtocol

extension ConsoleState {
    /// What `y` copies: the selected row's id whole, an event raw, a finding as Markdown.
    public var copyText: String? {
        switch interface.place {
        case .finding(let key): return finding(key).map { markdown($0) }
        case .event(let number): return eventText(number)
        case .check(let key): return healthText(key)
        case .path(let key): return key.id.rawValue
        case .dispatcher(let key): return key.id.rawValue
        case .view, .context: break
        }
        switch selectedRowID {
        case .session(let key): return key.id.rawValue
        case .path(let key): return key.id.rawValue
        case .dispatcher(let key): return key.id.rawValue
        case .run(let key): return key.id.rawValue
        case .check(let key): return healthText(key)
        case .event(let number): return eventText(number)
        case .finding(let key): return finding(key).map { markdown($0) }
        case .field(let name): return fieldText(name)
        case .missing, nil: return nil
        }
    }

    /// What `Y` copies: the curl that asks the selected health endpoint.
    public var copyCommandText: String? {
        let key: CheckKey
        if case .check(let shown) = interface.place {
            key = shown
        } else if case .check(let selected)? = selectedRowID {
            key = selected
        } else {
            return nil
        }
        guard let url = backend(key.backend)?.url, url.hasPrefix("http://") || url.hasPrefix("https://")
        else {
            return nil
        }
        return "curl -sS -i \(Self.quoted(Self.healthAddress(url)))"
    }

    /// The address itself when it has a path, else its `/health`.
    private static func healthAddress(_ url: String) -> String {
        let rest = url.drop { $0 != ":" }.dropFirst(3)
        guard let slash = rest.firstIndex(of: "/") else { return url + "/health" }
        return rest[slash...] == "/" ? url + "health" : url
    }

    /// A word for a POSIX shell, in single quotes.
    static func quoted(_ word: String) -> String {
        "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    private func eventText(_ number: Int) -> String? {
        let line = line(number)
        return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
    }

    private func healthText(_ key: CheckKey) -> String? {
        healthRows().first { $0.key == key }.map { row in
            let name = row.isWhole ? row.backendName : row.key.id
            let reason = row.reason.map { " (\($0))" } ?? ""
            return
                "\(name): \(row.status.rawValue)\(row.isTrusted ? "" : ", not believed")\(reason) \(row.raw)"
        }
    }

    private func fieldText(_ name: String) -> String? {
        guard case .context(let key) = interface.place else { return nil }
        return contextDetail(key)?.fields.first { $0.label == name }?.value
    }

    /// A finding with its rows and the command that opens it again, as Markdown.
    func markdown(_ finding: Finding) -> String {
        var lines = ["### \(finding.severity.rawValue): \(finding.rule)", "", finding.summary, ""]
        if !finding.evidence.isEmpty {
            lines += ["| field | value | source |", "|---|---|---|"]
            lines += finding.evidence.map { row in
                let cells = ["\(row.evidence.field)", row.evidence.value, row.evidence.source]
                return "| " + cells.map(Self.cell).joined(separator: " | ") + " |"
            }
            lines.append("")
        }
        lines += ["What to do: \(finding.advice)", "", "    \(reopening(finding))"]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func cell(_ text: String) -> String {
        text.split(omittingEmptySubsequences: false) { $0 == "|" || $0.isNewline }.joined(separator: "\\|")
    }

    private func reopening(_ finding: Finding) -> String {
        let target = backend(finding.backend).map(\.url) ?? ""
        let place: String
        switch finding.subject {
        case .session(let id, let owner): place = "context:" + Subject.words(id, owner)
        case .run(let id, let owner):
            place =
                session(of: RunKey(backend: finding.backend, owner: owner, id: id)).map {
                    "context:" + Subject.words($0.id, $0.owner)
                }
                ?? "findings:\(finding.id)"
        case .path, .dispatcher, .backend: place = "findings:\(finding.id)"
        }
        return "ctxtop \(Self.quoted(target)) --open \(Self.quoted(place))"
    }
}
