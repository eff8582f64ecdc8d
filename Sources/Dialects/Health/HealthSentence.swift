import WireProtocol

/// Reads a text about health as a person does: `12 passed, 0 failed` is well, `not ready` is not.
enum HealthSentence {
    /// What a text says, and the line that says it; nil when no known word is in it.
    ///
    /// The worst line decides, and in a line the worst clause.
    static func read(_ text: String, _ words: HealthWords) -> (status: HealthStatus, line: String)? {
        var worst: (status: HealthStatus, line: String)?
        for line in text.split(whereSeparator: \.isNewline) {
            for clause in clauses(line) {
                guard let status = read(clause, words) else { continue }
                if worst.map({ $0.status < status }) ?? true { worst = (status, String(line)) }
            }
        }
        return worst
    }

    /// A piece of a clause.
    private enum Token: Equatable {
        case word(String)
        /// A number, or a word such as `none`; a fraction such as `2/3` has its whole.
        case count(Double, of: Double?)
        /// `:` or `=`, behind which the value of a name stands.
        case assignment

        /// Whether it is a count of nothing.
        var isZero: Bool { if case .count(0, _) = self { true } else { false } }
        /// Whether it is a count.
        var isCount: Bool { if case .count = self { true } else { false } }
    }

    /// Words that turn a later one around, and those that end their reach.
    private static let negations: Set<String> = [
        "not", "no", "isn't", "aren't", "wasn't", "without", "never", "cannot", "can't", "don't", "doesn't",
        "didn't",
    ]
    private static let limits: Set<String> = ["and", "but", "however"]
    /// How many words may stand between a negation and what it negates: `not all shards are ready`.
    private static let reach = 3
    /// Words that stand for a count of nothing.
    private static let nothings: Set<String> = [
        "none", "never", "null", "nil", "zero", "nothing", "no", "false",
    ]
    /// Words that make what follows history, which says nothing about now.
    private static let past: Set<String> = ["last", "latest", "previous", "past", "recent"]
    /// Nouns that make a name of the word before them: `error rate`, `failure count`.
    private static let nouns: Set<String> = [
        "rate", "rates", "ratio", "log", "logs", "budget", "handler", "threshold", "count", "counts", "total",
        "level", "code", "codes", "page", "pages",
    ]
    /// Words before a count of nothing that leave it a count: `with 0 failed`, but not `worker 0 failed`.
    private static let joiners: Set<String> = [
        "with", "and", "of", "has", "have", "had", "are", "is", "were", "only", "found", "there",
    ]
    /// States that say something only where they are negated.
    private static let states: Set<String> = [
        "available", "running", "responding", "connected", "reachable", "operational", "online",
    ]
    /// Forms of the shared words that only sentences have.
    private static let forms: [String: HealthStatus] = [
        "passed": .pass, "passes": .pass, "errors": .fail, "failures": .fail, "failing": .fail,
        "fails": .fail,
        "warnings": .warn,
    ]

    private static func status(_ word: String, _ words: HealthWords) -> HealthStatus {
        let known = words.status(word)
        return known == .unknown ? forms[word] ?? .unknown : known
    }

    /// What one clause says; nil when it says nothing.
    private static func read(_ tokens: [Token], _ words: HealthWords) -> HealthStatus? {
        var worst: HealthStatus?
        var negation: Int?
        var place = 0
        while place < tokens.count {
            defer { place += 1 }
            guard case .word(let word) = tokens[place] else {
                if tokens[place] == .assignment { negation = nil }
                continue
            }
            if negations.contains(word) { negation = place }
            if limits.contains(word) { negation = nil }
            let isNegated = negation.map { place - $0 <= reach + 1 && $0 != place } ?? false
            var found = status(word, words)
            if found == .unknown, isNegated, states.contains(word) { found = .pass }
            if found == .unknown || isParticle(at: place, tokens) { continue }
            let (value, next) = value(at: place, tokens)
            let isPast = tokens[..<place].suffix(2).contains { token in
                if case .word(let word) = token { past.contains(word) } else { false }
            }
            let said = judged(found, isNegated: isNegated, isPast: isPast, value)
            if let said { worst = max(worst ?? said, said) }
            negation = nil
            place = max(place, next)
        }
        return worst
    }

    /// Whether the word there belongs to the verb before it: `starting up`, `warming up`.
    private static func isParticle(at place: Int, _ tokens: [Token]) -> Bool {
        guard place > 0, tokens[place] == .word("up"), case .word(let verb) = tokens[place - 1] else {
            return false
        }
        return verb.hasSuffix("ing") || verb == "set" || verb == "back"
    }

    /// What belongs to a word.
    private enum Value { case absent, zero, some, fraction(Double, Double), name, no }

    /// What a status word says with what belongs to it; nil for nothing.
    private static func judged(
        _ found: HealthStatus, isNegated: Bool, isPast: Bool, _ value: Value
    ) -> HealthStatus? {
        if isPast { return nil }
        switch value {
        case .name, .zero: return nil
        case .no: return found == .pass ? .fail : nil
        case .fraction(let part, let whole) where found == .pass:
            return part >= whole ? .pass : part == 0 ? .fail : .warn
        case .fraction(let part, _): return part == 0 ? nil : found
        case .absent, .some:
            // "no error" says nothing bad, and alone nothing good.
            if isNegated { return found == .pass ? .fail : nil }
            return found
        }
    }

    /// The value of the word at that place, and the last token that belongs to it.
    private static func value(at place: Int, _ tokens: [Token]) -> (Value, Int) {
        var next = place + 1
        var isName = false
        if next < tokens.count, case .word(let noun) = tokens[next], nouns.contains(noun) {
            (isName, next) = (true, next + 1)
        }
        if next + 1 < tokens.count, tokens[next] == .assignment {
            switch tokens[next + 1] {
            case .count(let count, let whole?): return (isName ? .name : .fraction(count, whole), next + 1)
            case .count(0, nil): return (.zero, next + 1)
            case .count: return (isName && !isCounted(tokens[place + 1]) ? .name : .some, next + 1)
            case .word(let word):
                if nothings.contains(word) {
                    return (["no", "false"].contains(word) ? .no : .zero, next + 1)
                }
                if isName { return (.name, next + 1) }
                return (.absent, place)
            case .assignment: return (.absent, place)
            }
        }
        if isName { return (.name, next - 1) }
        // `failed 0`: a clause that ends with a number counts after its words.
        if tokens.last?.isCount == true, next < tokens.count, case .count(let count, let whole) = tokens[next]
        {
            return (whole.map { .fraction(count, $0) } ?? (count == 0 ? .zero : .some), next)
        }
        return (before(place, tokens), place)
    }

    /// Whether a noun after a word is one of a count: `error count: 3`.
    private static func isCounted(_ token: Token) -> Bool {
        if case .word(let word) = token { word.hasPrefix("count") || word == "total" } else { false }
    }

    /// The count before the word at that place: `0 failed`, `0 of 3 checks failed`.
    private static func before(_ place: Int, _ tokens: [Token]) -> Value {
        for distance in 1...3 where place - distance >= 0 {
            let token = tokens[place - distance]
            if token == .assignment { return .absent }
            guard case .count(let count, let whole) = token else { continue }
            if let whole { return .fraction(count, whole) }
            if count != 0 { return .some }
            guard place > distance else { return .zero }
            guard case .word(let word) = tokens[place - distance - 1] else { return .absent }
            let isCount =
                joiners.contains(word) || forms[word] != nil || HealthWords.standard.status(word) != .unknown
            return isCount ? .zero : .absent
        }
        return .absent
    }

    /// The clauses of a line, in tokens.
    private static func clauses(_ line: Substring) -> [[Token]] {
        var clauses: [[Token]] = [[]]
        var rest = line[...]
        while let character = rest.first {
            if character.isNumber, character.isASCII {
                clauses[clauses.count - 1].append(number(&rest))
            } else if character.isLetter {
                let text = rest.prefix { $0.isLetter || $0.isNumber || "'’_-".contains($0) }
                rest = rest.dropFirst(text.count)
                add(word: text, to: &clauses[clauses.count - 1])
            } else {
                rest.removeFirst()
                if character == ":" || character == "=" {
                    if clauses[clauses.count - 1].last != .assignment {
                        clauses[clauses.count - 1].append(.assignment)
                    }
                } else if ",;.!?|()[]{}<>—–\t-•".contains(character) {
                    if !clauses[clauses.count - 1].isEmpty { clauses.append([]) }
                }
            }
        }
        return clauses
    }

    private static func add(word text: Substring, to clause: inout [Token]) {
        let word = text.lowercased().replacingCurlyApostrophe
        let isZero = ["none", "zero", "nothing", "nil", "null"].contains(word)
        // `none failed`, `0 of 3`: a word that counts, and a whole behind a part.
        clause.append(isZero ? .count(0, of: nil) : .word(word))
    }

    /// A number at the start of the text, with the whole behind `/` or `of`.
    private static func number(_ rest: inout Substring) -> Token {
        func take() -> Double {
            let digits = rest.prefix { ($0.isNumber && $0.isASCII) || $0 == "." }
            rest = rest.dropFirst(digits.count)
            // A full stop after a number ends the sentence, so it is given back.
            if digits.last == "." { rest = Substring("." + rest) }
            return Double(digits.last == "." ? digits.dropLast() : digits) ?? 1
        }
        let part = take()
        for sign in ["/", " of "] where rest.hasPrefix(sign) {
            let behind = rest.dropFirst(sign.count)
            guard let first = behind.first, first.isNumber, first.isASCII else { continue }
            rest = behind
            return .count(part, of: take())
        }
        // `3rd`, `5s`: a unit at a number makes it no count of what follows.
        if let next = rest.first, next.isLetter {
            rest = rest.drop { $0.isLetter }
            return .word("#")
        }
        return .count(part, of: nil)
    }
}

extension String {
    /// The text with `’` as `'`, so that both spellings of `isn't` are one word.
    fileprivate var replacingCurlyApostrophe: String { String(map { $0 == "’" ? "'" : $0 }) }
}
