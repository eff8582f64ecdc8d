/// Finds the fields of one event line without building a JSON tree.
///
/// One pass over the bytes. The line must be one JSON object; what is nested in
/// payloads is skipped by its brackets and quotes, not validated: it is parsed
/// strictly when somebody opens it.
struct EventScanner {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var index: Int
    private let end: Int
    private var event = ScannedEvent()

    /// Scans `range` of `bytes`; offsets in the result are relative to the whole buffer.
    static func scan(
        _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>
    ) throws(JSONError) -> ScannedEvent {
        var scanner = EventScanner(bytes, range)
        try scanner.line()
        var event = scanner.event
        event.line = TextSlice(offset: range.lowerBound, count: range.count)
        if event.session.isEmpty { event.session = event.threadField }
        if event.run.isEmpty { event.run = event.runField }
        return event
    }

    private init(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
        self.bytes = bytes
        index = range.lowerBound
        end = range.upperBound
    }

    private mutating func line() throws(JSONError) {
        try members { (scanner, key) throws(JSONError) in try scanner.member(key) }
        skipSpace()
        if index < end { throw .trailing(offset: index) }
    }

    /// Walks the members of the object that starts here.
    private mutating func members(
        _ member: (inout EventScanner, UnsafeBufferPointer<UInt8>) throws(JSONError) -> Void
    ) throws(JSONError) {
        skipSpace()
        try expect(UInt8(ascii: "{"))
        skipSpace()
        if try peek() == UInt8(ascii: "}") {
            index += 1
            return
        }
        while true {
            skipSpace()
            let key = try stringSlice()
            skipSpace()
            try expect(UInt8(ascii: ":"))
            skipSpace()
            if key.hasEscapes {
                try self.member(named: text(of: key), member)
            } else {
                try member(&self, UnsafeBufferPointer(rebasing: bytes[key.range]))
            }
            skipSpace()
            if try peek() == UInt8(ascii: "}") {
                index += 1
                return
            }
            try expect(UInt8(ascii: ","))
        }
    }

    /// Hands on a member whose name is spelled with escapes.
    private mutating func member(
        named name: String,
        _ member: (inout EventScanner, UnsafeBufferPointer<UInt8>) throws(JSONError) -> Void
    ) throws(JSONError) {
        let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: name.utf8.count)
        defer { copy.deallocate() }
        _ = copy.initialize(fromContentsOf: name.utf8)
        try member(&self, UnsafeBufferPointer(copy))
    }

    /// The text of a slice, escapes decoded; as it stands where an escape is wrong.
    private func text(of slice: TextSlice) -> String {
        let piece = UnsafeBufferPointer(rebasing: bytes[slice.range])
        return (slice.hasEscapes ? JSONEscapes.decode(piece) : nil) ?? String(decoding: piece, as: UTF8.self)
    }

    private mutating func member(_ key: UnsafeBufferPointer<UInt8>) throws(JSONError) {
        switch key.count {
        case 4 where key == "type":
            event.typeName = try textOrSkip()
            event.type =
                event.typeName.hasEscapes
                ? EventType(wireName: text(of: event.typeName).utf8)
                : EventType(bytes: UnsafeBufferPointer(rebasing: bytes[event.typeName.range]))
        case 4 where key == "name": event.name = try textOrSkip()
        case 5 where key == "runId": event.runField = try textOrSkip()
        case 5 where key == "value": event.value = try rawValue()
        case 5 where key == "delta": event.text = try textOrSkip()
        case 7 where key == "message": event.text = try textOrSkip()
        case 7 where key == "content": event.text = try textOrSkip()
        case 7 where key == "outcome":
            let start = index
            try outcome()
            event.value = TextSlice(offset: start, count: index - start)
        case 8 where key == "threadId": event.threadField = try textOrSkip()
        case 8 where key == "metadata":
            guard try peek() == UInt8(ascii: "{") else { return try skipValue() }
            try members { (scanner, key) throws(JSONError) in try scanner.metadata(key) }
        case 8 where key == "stepName": event.name = try textOrSkip()
        case 9 where key == "timestamp":
            let start = index
            event.timestamp = try wholeNumber().map { Timestamp(milliseconds: $0) }
            event.timestampDigits = plainDigits(from: start, atMost: 18)
        case 10 where key == "toolCallId": event.call = try textOrSkip()
        case 12 where key == "toolCallName": event.name = try textOrSkip()
        default: try skipValue()
        }
    }

    /// The end of a run: a word, or an object with a `type`.
    private mutating func outcome() throws(JSONError) {
        switch try peek() {
        case UInt8(ascii: "\""): event.outcome = RunOutcome(word: text(of: try stringSlice()))
        case UInt8(ascii: "{"):
            try members { (scanner, key) throws(JSONError) in try scanner.outcome(key) }
        default: try skipValue()
        }
    }

    private mutating func outcome(_ key: UnsafeBufferPointer<UInt8>) throws(JSONError) {
        switch key.count {
        case 4 where key == "type":
            let word = RunOutcome(word: text(of: try textOrSkip()))
            if word != .success { event.outcome = word }
        case 18 where key == "pendingToolCallIds":
            let list = try rawValue()
            let isEmpty = bytes[list.range].allSatisfy { $0 <= 0x20 || $0 == 0x5B || $0 == 0x5D }
            if bytes[list.range].first == UInt8(ascii: "["), !isEmpty, event.outcome == .success {
                event.outcome = .pending
            }
        default: try skipValue()
        }
    }

    private mutating func metadata(_ key: UnsafeBufferPointer<UInt8>) throws(JSONError) {
        switch key.count {
        case 2 where key == "id": event.id = try textOrSkip()
        case 3 where key == "run": event.run = try textOrSkip()
        case 3 where key == "seq":
            let start = index
            event.sequence = try wholeNumber().map(WireNumber.count)
            event.sequenceDigits = plainDigits(from: start, atMost: 9)
        case 4 where key == "user": event.user = try textOrSkip()
        case 5 where key == "agent": event.agent = try textOrSkip()
        case 5 where key == "bytes":
            event.hiddenBytes = try wholeNumber().map { max(0, WireNumber.count($0)) } ?? 0
        case 4 where key == "path": event.path = try textOrSkip()
        case 7 where key == "session": event.session = try textOrSkip()
        case 7 where key == "stamped":
            event.isStamped = try peek() == UInt8(ascii: "t")
            try skipValue()
        case 10 where key == "dispatcher": event.dispatcher = try textOrSkip()
        default: try skipValue()
        }
    }

    // MARK: Pieces

    @inline(__always)
    private mutating func skipSpace() {
        while index < end, bytes[index] <= 0x20,
            bytes[index] == 0x20 || bytes[index] == 0x09 || bytes[index] == 0x0D
        {
            index += 1
        }
    }

    @inline(__always)
    private func peek() throws(JSONError) -> UInt8 {
        guard index < end else { throw .truncated(offset: index) }
        return bytes[index]
    }

    @inline(__always)
    private mutating func expect(_ byte: UInt8) throws(JSONError) {
        guard try peek() == byte else { throw .unexpected(byte: bytes[index], offset: index) }
        index += 1
    }

    /// The inside of the string that starts here.
    private mutating func stringSlice() throws(JSONError) -> TextSlice {
        try expect(UInt8(ascii: "\""))
        let start = index
        var hasEscapes = false
        skipPlainText()
        while index < end {
            if bytes[index] == UInt8(ascii: "\"") {
                index += 1
                return TextSlice(offset: start, count: index - 1 - start, hasEscapes: hasEscapes)
            }
            hasEscapes = true
            index += 2
            skipPlainText()
        }
        throw .truncated(offset: end)
    }

    /// Steps to the next quote or backslash, eight bytes at a time.
    ///
    /// A byte equal to the one looked for becomes zero by the exclusive or; the
    /// classic test for a zero byte in a word finds the first one.
    @inline(__always)
    private mutating func skipPlainText() {
        guard let base = UnsafeRawPointer(bytes.baseAddress) else { return }
        while index + 8 <= end {
            let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let found =
                Self.zeroBytes(word ^ 0x2222_2222_2222_2222) | Self.zeroBytes(word ^ 0x5C5C_5C5C_5C5C_5C5C)
            if found != 0 {
                index += found.trailingZeroBitCount / 8
                return
            }
            index += 8
        }
        while index < end, bytes[index] != UInt8(ascii: "\""), bytes[index] != UInt8(ascii: "\\") {
            index += 1
        }
    }

    /// The high bit of every byte that is zero; bits above the first one may be set too.
    @inline(__always)
    private static func zeroBytes(_ word: UInt64) -> UInt64 {
        (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
    }

    /// A string's inside; any other value is skipped and leaves nothing.
    private mutating func textOrSkip() throws(JSONError) -> TextSlice {
        if try peek() == UInt8(ascii: "\"") { return try stringSlice() }
        try skipValue()
        return .none
    }

    private mutating func rawValue() throws(JSONError) -> TextSlice {
        let start = index
        try skipValue()
        return TextSlice(offset: start, count: index - start)
    }

    private mutating func wholeNumber() throws(JSONError) -> Int64? {
        let isNegative = try peek() == UInt8(ascii: "-")
        let start = index
        if isNegative { index += 1 }
        var value: Int64 = 0
        var overflows = false
        let firstDigit = index
        while index < end, bytes[index] &- UInt8(ascii: "0") < 10 {
            let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, tooLargeSum) = product.addingReportingOverflow(Int64(bytes[index] - UInt8(ascii: "0")))
            overflows = overflows || tooLarge || tooLargeSum
            value = sum
            index += 1
        }
        let isPlain = index > firstDigit && (index == end || [0x2C, 0x7D, 0x20].contains(bytes[index]))
        if isPlain, !overflows { return isNegative ? -value : value }
        index = start
        let raw = try rawValue()
        return Double(String(decoding: bytes[raw.range], as: UTF8.self)).flatMap {
            Int64(exactly: $0.rounded())
        }
    }

    /// The number that ends here, if its digits are what its value is printed as.
    private func plainDigits(from start: Int, atMost maximum: Int) -> TextSlice {
        let count = index - start
        guard count > 0, count <= maximum, bytes[start] != UInt8(ascii: "0") || count == 1 else {
            return .none
        }
        for place in start..<index where bytes[place] &- UInt8(ascii: "0") >= 10 { return .none }
        return TextSlice(offset: start, count: count)
    }

    /// Steps over one value of any kind.
    private mutating func skipValue() throws(JSONError) {
        switch try peek() {
        case UInt8(ascii: "\""): _ = try stringSlice()
        case UInt8(ascii: "{"), UInt8(ascii: "["): try skipComposite()
        default:
            let start = index
            while index < end, !Self.endsScalar(bytes[index]) { index += 1 }
            if index == start { throw .unexpected(byte: bytes[index], offset: index) }
        }
    }

    private static func endsScalar(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") || byte <= 0x20
            || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[")
    }

    private mutating func skipComposite() throws(JSONError) {
        var closers = 0
        while index < end {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                _ = try stringSlice()
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): closers += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): closers -= 1
            default: break
            }
            index += 1
            if closers == 0 { return }
        }
        throw .truncated(offset: end)
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether the bytes are exactly that ASCII text; the caller has compared the lengths.
    fileprivate static func == (bytes: Self, text: StaticString) -> Bool {
        for offset in 0..<bytes.count where bytes[offset] != text.utf8Start[offset] { return false }
        return true
    }
}
