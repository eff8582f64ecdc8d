import PatternDetection

/// The tool calls of one open run as fingerprints, so that repetition can be seen without keeping arguments.
struct CallHistory: Equatable, Sendable {
    /// How many finished fingerprints are kept: 6 repeats of a cycle of 3.
    static let maximumCalls = 18

    /// Fingerprints of name and arguments, oldest first.
    private(set) var calls: [UInt64] = []
    /// Whether every argument's text was seen; sizes alone say less, and are held to twice the limit.
    private(set) var isExact = true
    /// Calls whose arguments may still come.
    private var open: [Open] = []

    private struct Open: Equatable, Sendable {
        let call: RunGrammar.Call
        let tool: UInt64
        var arguments: UInt64 = 0
        var bytes = 0
        var hasText = false
    }

    mutating func begin(_ call: RunGrammar.Call, tool: UInt64) {
        open.append(Open(call: call, tool: tool))
        if open.count > 16 { open.removeFirst() }
    }

    /// Adds a piece of a call's arguments: the hash of its text, or its size where the text is hidden.
    mutating func add(_ call: RunGrammar.Call, textHash: UInt64?, bytes: Int) {
        guard let place = open.firstIndex(where: { $0.call == call }) else { return }
        open[place].bytes = open[place].bytes.adding(bytes)
        guard let textHash else { return }
        open[place].hasText = true
        open[place].arguments = open[place].arguments &* 31 &+ textHash
    }

    /// Finishes a call: its fingerprint can change no more.
    ///
    /// - Parameter mayHideArguments: whether the source keeps arguments back; then a call without any is not
    ///   compared with others.
    mutating func finish(_ call: RunGrammar.Call, mayHideArguments: Bool = false) {
        guard let place = open.firstIndex(where: { $0.call == call }) else { return }
        let done = open.remove(at: place)
        if mayHideArguments, done.bytes == 0 { return calls.removeAll() }
        // An argument list of two bytes is an empty one: it says nothing about a purpose.
        if !done.hasText || done.bytes <= 2 { isExact = false }
        calls.append(
            done.tool &* 0x9E37_79B9_7F4A_7C15 ^ done.arguments ^ UInt64(truncatingIfNeeded: done.bytes))
        if calls.count > Self.maximumCalls { calls.removeFirst() }
    }

    /// The shortest cycle of 1 to 3 calls that the newest calls repeat at least `limit` times; nil when none does.
    func cycle(repeats limit: Int) -> (length: Int, repeats: Int)? {
        let needed = isExact ? limit : limit * 2
        for length in 1...3 {
            let repeats = self.repeats(ofLast: length)
            if repeats >= max(2, needed) { return (length, repeats) }
        }
        return nil
    }

    /// How often the last `length` calls stand in a row at the end.
    private func repeats(ofLast length: Int) -> Int {
        guard calls.count >= length else { return 0 }
        let block = calls.suffix(length)
        var (count, end) = (1, calls.count - length)
        while end >= length, calls[(end - length)..<end].elementsEqual(block) {
            count += 1
            end -= length
        }
        return count
    }
}
