import WireProtocol

/// The text of Kubernetes' `/livez?verbose`: lines `[+]name ok` and `[-]name failed: reason`.
enum KubernetesText {
    /// Whether the text has such a line at its start.
    static func isOne(_ bytes: [UInt8]) -> Bool {
        let start = Array(bytes.drop { $0 <= 0x20 }.prefix(3))
        return start == Array("[+]".utf8) || start == Array("[-]".utf8)
    }

    /// The checks of those lines.
    static func checks(_ text: String) -> [CheckRecord] {
        text.split(whereSeparator: \.isNewline).compactMap { line in
            guard line.hasPrefix("[+]") || line.hasPrefix("[-]") else { return nil }
            let words = line.dropFirst(3).split(separator: " ", maxSplits: 1)
            guard let name = words.first else { return nil }
            var check = CheckRecord(name: String(name), status: line.hasPrefix("[+]") ? .pass : .fail)
            check.output = words.count > 1 ? String(words[1]) : nil
            return check
        }
    }
}
