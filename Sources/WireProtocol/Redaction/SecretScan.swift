/// Finds what looks like a secret in a text, by the name before it or by its own shape.
///
/// The shapes are those that their issuers document: RFC 6750 and 7617 (Bearer,
/// Basic), RFC 7519 (JWT), RFC 3986 section 3.2.1 (userinfo), RFC 7468 (PEM), and
/// the prefixes of OpenAI, Anthropic, Stripe, GitHub, GitLab, Slack, AWS, Google,
/// Hugging Face and npm keys.
struct SecretScan {
    /// Beginnings by which a key is known; as many characters of a key as ``leastKeyLength`` must follow.
    private static let keyPrefixes = [
        "sk-", "sk_live_", "sk_test_", "rk_live_", "ghp_", "gho_", "ghs_", "ghu_", "github_pat_", "glpat-",
        "xoxb-", "xoxp-", "xoxa-", "xapp-", "AKIA", "ASIA", "AIza", "hf_", "npm_",
    ].map { Array($0.utf8) }
    /// An AWS access key id, the shortest of them, has 16 characters behind its prefix.
    private static let leastKeyLength = 16

    private let text: [UInt8]
    private var output: [UInt8] = []
    private var index = 0
    /// How much of the text is in ``output`` already.
    private var copied = 0

    private init(_ text: String) { self.text = Array(text.utf8) }

    /// The text with a mark for each secret.
    static func masked(_ text: String) -> String {
        var scan = SecretScan(text)
        return scan.run()
    }

    private mutating func run() -> String {
        while index < text.count {
            if isAtWordStart, takeKey() || takeToken() || takeScheme() || takeNamed() { continue }
            if text[index] == UInt8(ascii: ":"), takeUserInfo() { continue }
            if text[index] == UInt8(ascii: "-"), takePrivateKey() { continue }
            index += 1
        }
        if copied == 0 { return String(decoding: text, as: UTF8.self) }
        output += text[copied...]
        return String(decoding: output, as: UTF8.self)
    }

    /// Puts the mark in the place of a range, and goes on behind it.
    private mutating func mask(_ range: Range<Int>) {
        output += text[copied..<range.lowerBound]
        output += Array(Redaction.mark.utf8)
        (copied, index) = (range.upperBound, range.upperBound)
    }

    private var isAtWordStart: Bool { index == 0 || !Self.isWord(text[index - 1]) }

    /// `sk-…`, `ghp_…`, `AKIA…`.
    private mutating func takeKey() -> Bool {
        for prefix in Self.keyPrefixes where starts(with: prefix, at: index) {
            let end = self.end(from: index + prefix.count, while: Self.isKeyByte)
            guard end - index - prefix.count >= Self.leastKeyLength else { continue }
            mask(index..<end)
            return true
        }
        return false
    }

    /// A JSON Web Token: three parts in base64url, of which the first begins with `{"` (`eyJ`).
    private mutating func takeToken() -> Bool {
        guard starts(with: [0x65, 0x79, 0x4A], at: index) else { return false }
        let end = self.end(from: index, while: { Self.isKeyByte($0) || $0 == UInt8(ascii: ".") })
        guard text[index..<end].split(separator: UInt8(ascii: ".")).count >= 2, end - index >= 20 else {
            return false
        }
        mask(index..<end)
        return true
    }

    /// `Bearer TOKEN`, `Basic CREDENTIALS`; a word of a sentence is no credential.
    private mutating func takeScheme() -> Bool {
        for scheme in ["bearer ", "basic "] where startsCaseless(with: scheme, at: index) {
            let start = end(from: index + scheme.utf8.count, while: { $0 == 0x20 })
            let end = self.end(from: start, while: Self.isCredentialByte)
            let hasDigit = text[start..<end].contains { (0x30...0x39).contains($0) }
            guard end - start >= 20 || (hasDigit && end - start >= 6) else { continue }
            mask(start..<end)
            return true
        }
        return false
    }

    /// `password=…`, `"api_key": "…"`, `OPENAI_API_KEY=…`: the name of a secret, then its value.
    private mutating func takeNamed() -> Bool {
        let nameEnd = end(from: index, while: { Self.isWord($0) || $0 == UInt8(ascii: "-") })
        guard nameEnd - index >= 3, nameEnd < text.count else { return false }
        var place = end(from: nameEnd, while: Self.isQuoteOrSpace)
        guard place < text.count, place - nameEnd <= 4,
            text[place] == UInt8(ascii: "=") || text[place] == UInt8(ascii: ":"),
            // `https://` and `a::b` are no assignments.
            !starts(with: Array("://".utf8), at: place), !starts(with: Array("::".utf8), at: place),
            Self.isSecretName(String(decoding: text[index..<nameEnd], as: UTF8.self))
        else { return false }
        place = end(from: place + 1, while: { $0 == 0x20 })
        var quote: UInt8?
        if place < text.count, text[place] == UInt8(ascii: "\\") { place += 1 }
        if place < text.count, text[place] == 0x22 || text[place] == 0x27 {
            quote = text[place]
            place += 1
        }
        for scheme in ["bearer ", "basic "] where startsCaseless(with: scheme, at: place) {
            place += scheme.utf8.count
        }
        let valueEnd = end(from: place) { byte in
            if let quote { return byte != quote && byte != UInt8(ascii: "\\") }
            return !Self.endsValue(byte)
        }
        guard valueEnd > place, !isProse(place..<valueEnd, behind: text[index..<nameEnd], quote) else {
            return false
        }
        mask(place..<valueEnd)
        return true
    }

    /// Whether a value is masked already, or is a word of a sentence: `invalid token: expired`.
    private func isProse(_ value: Range<Int>, behind name: ArraySlice<UInt8>, _ quote: UInt8?) -> Bool {
        let bytes = text[value]
        if starts(with: Array("[REDACTED".utf8), at: value.lowerBound)
            || starts(
                with: Array("[redacted".utf8), at: value.lowerBound)
            || bytes.allSatisfy({ $0 == 0x2A })
        {
            return true
        }
        guard quote == nil, text[value.lowerBound - 1] == 0x20 else { return false }
        let isPassword =
            startsCaseless(with: "pass", at: name.startIndex)
            || startsCaseless(with: "pwd", at: name.startIndex)
        return !isPassword && bytes.count <= 16 && bytes.allSatisfy { (0x61...0x7A).contains(Self.lower($0)) }
    }

    /// `://user:password@`: what stands before the `@`.
    private mutating func takeUserInfo() -> Bool {
        guard starts(with: Array("://".utf8), at: index) else { return false }
        let start = index + 3
        let end = self.end(from: start) { byte in
            byte > 0x20 && ![0x22, 0x27, 0x2F, 0x3F, 0x23, 0x40, 0x5C].contains(byte)
        }
        guard end < text.count, text[end] == UInt8(ascii: "@"), end > start else { return false }
        mask(start..<end)
        return true
    }

    /// `-----BEGIN … PRIVATE KEY-----` up to its end, or to that of the text.
    private mutating func takePrivateKey() -> Bool {
        guard starts(with: Array("-----BEGIN ".utf8), at: index) else { return false }
        let headerEnd = min(text.count, index + 64)
        let keyWords = Array("PRIVATE KEY-----".utf8)
        guard let header = (index..<headerEnd).first(where: { starts(with: keyWords, at: $0) }) else {
            return false
        }
        let footer = (header + keyWords.count..<max(header + keyWords.count, text.count)).first {
            starts(with: keyWords, at: $0)
        }
        mask(index..<(footer.map { $0 + keyWords.count } ?? text.count))
        return true
    }

    private func end(from start: Int, while condition: (UInt8) -> Bool) -> Int {
        var end = min(start, text.count)
        while end < text.count, condition(text[end]) { end += 1 }
        return end
    }

    private func starts(with bytes: [UInt8], at place: Int) -> Bool {
        place + bytes.count <= text.count && text[place..<place + bytes.count].elementsEqual(bytes)
    }

    private func startsCaseless(with word: String, at place: Int) -> Bool {
        guard place + word.utf8.count <= text.count else { return false }
        return zip(text[place...], word.utf8).allSatisfy { Self.lower($0) == $1 }
    }
}
