import PatternDetection
import WireProtocol

/// Reads the fields of one batch's events out of its bytes.
struct EventReader {
    let batch: EventBatch
    let bytes: UnsafeBufferPointer<UInt8>

    /// The event's names as symbols.
    func record(_ event: ScannedEvent, _ symbols: inout SymbolTable) -> EventRecord {
        var record = EventRecord()
        record.type = event.type
        record.user = intern(event.user, &symbols)
        record.session = intern(event.session, &symbols)
        record.run = intern(event.run, &symbols)
        record.path = intern(event.path, &symbols)
        record.dispatcher = intern(event.dispatcher, &symbols)
        record.name = intern(event.name, &symbols)
        record.sequenceOrMinusOne = event.sequence.map { $0 < 0 ? -1 : Int32(clamping: $0) } ?? -1
        return record
    }

    @inline(__always)
    private func intern(_ slice: TextSlice, _ symbols: inout SymbolTable) -> Symbol {
        if slice.isEmpty { return .none }
        if slice.hasEscapes { return symbols.intern(batch.string(slice)) }
        return symbols.intern(UnsafeBufferPointer(rebasing: bytes[slice.range]))
    }

    /// The text of a slice.
    func string(_ slice: TextSlice) -> String { batch.string(slice) }

    /// What tells the call of an event apart: the hash of its id.
    func call(_ event: ScannedEvent) -> RunGrammar.Call { RunGrammar.Call(digest: hash(event.call)) }

    /// What tells texts apart, however they are spelled in JSON: the hash of the decoded text; 0 of none.
    func hash(_ slice: TextSlice) -> UInt64 { slice.isEmpty ? 0 : decoded(slice, SymbolTable.hash) }

    /// Hands the bytes of a slice to `use`, escapes decoded.
    func decoded<Result>(_ slice: TextSlice, _ use: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        guard slice.hasEscapes else { return use(UnsafeBufferPointer(rebasing: bytes[slice.range])) }
        var text = batch.string(slice)
        return text.withUTF8(use)
    }

    /// The name of the agent that runs, cut to 64 characters; nil where the event has none.
    func agent(_ event: ScannedEvent) -> String? {
        event.agent.isEmpty ? nil : String(string(event.agent).prefix(64))
    }
}
