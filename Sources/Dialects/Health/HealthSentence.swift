import WireProtocol

/// Reads a text about health as a person does: `12 passed, 0 failed` is well, `not ready` is not.
enum HealthSentence {
    /// What a text says, and the line that says it; nil when no known word is in it.
    ///
    /// The worst line decides, and in a line the worst clause.
    static func read(_ text: String, _ words: HealthWords) -> (status: HealthStatus, line: String)? {
        var worst: (status: HealthStatus, line: String)?
        for line in text.split(whereSeparator: \.isNewline) {
            for clause in joinedDenials(clauses(line)) {
                guard let status = read(clause, words) else { continue }
                if worst.map({ $0.status < status }) ?? true { worst = (status, String(line)) }
            }
        }
        return worst
    }

    /// The clauses with a list of what there is none of as one: `no errors, warnings or failures`.
    private static func joinedDenials(_ clauses: [[Token]]) -> [[Token]] {
        var joined: [[Token]] = []
        var place = 0
        while place < clauses.count {
            defer { place += 1 }
            var clause = clauses[place]
            if clause.count == 2, clause[0] == .word("no"), events.contains(clause[1].text) {
                let rest = clauses[(place + 1)...]
                let list = rest.prefix { $0.allSatisfy { events.contains($0.text) || joins($0) } }
                // What follows the last of them says nothing more: `or failures were found`.
                let last = rest.dropFirst(list.count).first.flatMap { endsDenials($0) ? $0 : nil }
                let all = list + (last.map { [$0] } ?? [])
                if all.joined().contains(where: joins) {
                    for token in all.joined() where !joins(token) { clause += [.word("or"), token] }
                    place += all.count
                }
            }
            joined.append(clause)
        }
        return joined
    }

    private static func joins(_ token: Token) -> Bool { ["or", "nor", "and"].contains(token.text) }

    /// Whether a clause continues such a list and then says nothing of its own.
    private static func endsDenials(_ clause: [Token]) -> Bool {
        let names = clause.prefix { events.contains($0.text) || joins($0) }
        return names.contains { !joins($0) }
            && clause.dropFirst(names.count).allSatisfy {
                !$0.text.isEmpty && HealthWords.standard.status($0.text) == .unknown
            }
    }

    /// A piece of a clause.
    private enum Token: Equatable {
        case word(String)
        /// A number, or a word such as `none`; a fraction such as `2/3` has its whole.
        case count(Double, of: Double?)
        /// `:` or `=`, behind which the value of a name stands.
        case assignment

        /// The word, or nothing.
        var text: String { if case .word(let word) = self { word } else { "" } }
        /// Whether it is a count.
        var isCount: Bool { if case .count = self { true } else { false } }
    }

    /// Words that turn a later one around, and those that end their reach.
    private static let negations: Set<String> = [
        "not", "no", "isn't", "aren't", "wasn't", "without", "never", "cannot", "can't", "don't", "doesn't",
        "didn't", "neither", "nor",
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
    /// Nouns of what happened, which are history behind such a word and another: `last startup error`.
    private static let events: Set<String> = [
        "error", "errors", "failure", "failures", "warning", "warnings", "success",
    ]
    /// Words that end a failure named behind them: `recovered from failure`.
    private static let endings: Set<String> = ["recovered", "resolved", "cleared"]
    /// Nouns that make a name of the word before them: `error rate`, `failure count`.
    private static let nouns: Set<String> = [
        "rate", "rates", "ratio", "log", "logs", "budget", "handler", "threshold", "count", "counts", "total",
        "level", "code", "codes", "page", "pages",
    ]
    /// Words before a count of nothing that leave it a count: `with 0 failed`, but not `worker 0 failed`.
    private static let joiners: Set<String> = [
        "with", "and", "of", "has", "have", "had", "are", "is", "were", "only", "found", "there",
    ]
    /// Words that are a state only where they are stated: `db: offline`, `is dead`, but not `dead letters`.
    private static let statedOnly: Set<String> = ["live", "offline", "disconnected", "dead"]
    /// Words that may count what happened, so that none of them is no failure.
    private static let results: Set<String> = ["pass", "passed", "passes", "passing", "success", "true"]

    /// What the word at that place says by itself.
    private static func status(at place: Int, _ tokens: [Token], _ words: HealthWords) -> HealthStatus {
        guard case .word(let word) = tokens[place] else { return .unknown }
        if statedOnly.contains(word), words.taught[word] == nil, tokens.count > 1 {
            let before: [Token] = [.assignment, .word("is"), .word("are")]
            guard place > 0, before.contains(tokens[place - 1]) else { return .unknown }
        }
        return words.status(word)
    }

    /// What one clause says; nil when it says nothing.
    private static func read(_ tokens: [Token], _ words: HealthWords) -> HealthStatus? {
        var worst: HealthStatus?
        var negation: Int?
        var wasNegated = false
        var isOver = false
        var place = 0
        while place < tokens.count {
            defer { place += 1 }
            guard case .word(let word) = tokens[place] else {
                if tokens[place] == .assignment { negation = nil }
                continue
            }
            // `no errors or warnings` denies both.
            if negations.contains(word) || (word == "or" && wasNegated) { negation = place }
            if limits.contains(word) { (negation, isOver) = (nil, false) }
            let isNegated = negation.map { place - $0 <= reach + 1 && $0 != place } ?? false
            if endings.contains(word), !isNegated { isOver = true }
            var found = status(at: place, tokens, words)
            let isState = found == .unknown && HealthWords.states.contains(word)
            if isState { found = .pass }
            if found == .unknown || isParticle(at: place, tokens) { continue }
            let (value, next) = value(at: place, tokens)
            if isState, !isNegated, value != .no { continue }
            let isPast = isPast(at: place, tokens) || (isOver && found != .pass)
            let said = judged(found, word, isNegated: isNegated, isPast: isPast, value)
            if let said { worst = max(worst ?? said, said) }
            (negation, wasNegated) = (nil, isNegated)
            place = max(place, next)
        }
        return worst
    }

    /// Whether the word there is history: `last failure`, `last startup error`; but `last check failed` is now.
    private static func isPast(at place: Int, _ tokens: [Token]) -> Bool {
        func isPast(_ distance: Int) -> Bool {
            guard place >= distance, case .word(let word) = tokens[place - distance] else { return false }
            return past.contains(word)
        }
        guard case .word(let word) = tokens[place] else { return false }
        return isPast(1) || (isPast(2) && events.contains(word))
    }

    /// Whether the word there belongs to the verb before it: `starting up`, `warming up`.
    private static func isParticle(at place: Int, _ tokens: [Token]) -> Bool {
        guard place > 0, tokens[place] == .word("up"), case .word(let verb) = tokens[place - 1] else {
            return false
        }
        return verb.hasSuffix("ing") || verb == "set" || verb == "back"
    }

    /// What belongs to a word.
    private enum Value: Equatable { case absent, zero, some, fraction(Double, Double), name, no }

    /// What a status word says with what belongs to it; nil for nothing.
    private static func judged(
        _ found: HealthStatus, _ word: String, isNegated: Bool, isPast: Bool, _ value: Value
    ) -> HealthStatus? {
        if isPast { return nil }
        switch value {
        case .name: return nil
        // None that is well is bad, and none that is not is nothing.
        case .zero: return found == .pass && !results.contains(word) && !isNegated ? .fail : nil
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
        if next + 1 < tokens.count, tokens[next] == .assignment, !isOfNext(next + 1, tokens) {
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
        if !isName, let named = namedCount(after: place, tokens) { return named }
        if isName { return (.name, next - 1) }
        // `failed 0`, `failed 0 times`: such a number counts after its words.
        if next < tokens.count, case .count(let count, let whole) = tokens[next] {
            let behind = next + 1 < tokens.count ? tokens[next + 1] : nil
            let isTimes = [.word("times"), .word("time"), .word("checks"), .word("check")].contains(behind)
            if isTimes || (tokens.last?.isCount == true && behind != .assignment) {
                // A code stands behind this one.
                if tokens[place] == .word("ok"), count == 0, whole == nil { return (.absent, next) }
                return (whole.map { .fraction(count, $0) } ?? (count == 0 ? .zero : .some), next)
            }
        }
        return (before(place, tokens), place)
    }

    /// Whether the count there belongs to the word behind it: `OK: 0 failed`.
    private static func isOfNext(_ place: Int, _ tokens: [Token]) -> Bool {
        guard tokens[place].isCount, place + 1 < tokens.count, case .word(let word) = tokens[place + 1],
            HealthWords.standard.status(word) != .unknown
        else { return false }
        return place + 2 == tokens.count || tokens[place + 2] != .assignment
    }

    /// The count of what a word describes: `failed checks: 0`, `healthy worker nodes: 2/3`; nil when there is none.
    private static func namedCount(after place: Int, _ tokens: [Token]) -> (Value, Int)? {
        guard tokens[place] != .word("ok"), tokens[place] != .word("up"),
            let colon = tokens[place...].prefix(4).firstIndex(of: .assignment), colon > place + 1,
            colon + 1 < tokens.count
        else { return nil }
        for token in tokens[(place + 1)..<colon] {
            guard case .word(let word) = token, !limits.contains(word), !negations.contains(word),
                HealthWords.standard.status(word) == .unknown
            else { return nil }
        }
        switch tokens[colon + 1] {
        case .count(let count, let whole?): return (.fraction(count, whole), colon + 1)
        case .count(0, nil): return (.zero, colon + 1)
        case .word(let word) where nothings.contains(word): return (.zero, colon + 1)
        default: return nil
        }
    }

    /// Whether a noun after a word is one of a count: `error count: 3`.
    private static func isCounted(_ token: Token) -> Bool {
        if case .word(let word) = token { word.hasPrefix("count") || word == "total" } else { false }
    }

    /// The count before the word at that place: `0 failed`, `0 of 3 checks failed`, `none of the backends are up`.
    private static func before(_ place: Int, _ tokens: [Token]) -> Value {
        let isWell = HealthWords.standard.status(tokens[place].text) == .pass
        var total: Double?
        for distance in 1...6 where place - distance >= 0 {
            let at = place - distance
            if case .word(let word) = tokens[at], HealthWords.standard.status(word) != .unknown,
                tokens[at..<place].contains(.word("or")) == false
            {
                // The count is that word's.
                return .absent
            }
            if tokens[at] == .assignment { return .absent }
            guard case .count(let count, let whole) = tokens[at] else { continue }
            let leading = at > 0 ? tokens[at - 1] : nil
            // `2 of the 5 nodes`: the first of the two counts.
            if at > 1, whole == nil, total == nil, leading == .word("of") || leading == .word("the") {
                total = count
                continue
            }
            guard distance <= reach || tokens[at + 1] == .word("of") else { return .absent }
            let isCount =
                leading.map { isJoiner($0) || ($0 == .assignment && (!isWell || isPlural(at - 2, tokens))) }
                ?? true
            if let whole = whole ?? total {
                // `disk 90% ok`: a percentage of something else.
                return isWell && whole == 100 && !isCount ? .absent : .fraction(count, whole)
            }
            if count != 0 { return .some }
            return isCount && tokens[place] != .word("ok") ? .zero : .absent
        }
        return .absent
    }

    /// Whether the name there is of several things, so that a number after it counts them: `backends: 0 up`.
    private static func isPlural(_ place: Int, _ tokens: [Token]) -> Bool {
        guard place >= 0, case .word(let word) = tokens[place] else { return false }
        return word.hasSuffix("s") && !word.hasSuffix("ss") && !word.hasSuffix("us")
    }

    /// Whether a word before a count leaves it a count.
    private static func isJoiner(_ token: Token) -> Bool {
        guard case .word(let word) = token else { return false }
        return joiners.contains(word) || HealthWords.standard.status(word) != .unknown
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
            } else if character == "[", clauses[clauses.count - 1].last == .assignment,
                let end = rest.firstIndex(where: { $0 != "[" && !$0.isWhitespace }), rest[end] == "]"
            {
                // `errors: []`
                clauses[clauses.count - 1].append(.count(0, of: nil))
                rest = rest[rest.index(after: end)...]
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
        let lower = text.lowercased().replacingCurlyApostrophe
        let isWhole = HealthWords.standard.status(lower) != .unknown
        let isParted = !isWhole && HealthWords.standard.status(String(text)) != .unknown
        let word = isParted ? HealthWords.parts(of: String(text)) : lower
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
        if rest.first == "%" {
            rest.removeFirst()
            return .count(part, of: 100)
        }
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
