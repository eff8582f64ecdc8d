import PatternDetection
import WireProtocol

/// Reads the fields of one batch's events out of its bytes.
struct EventReader {
    let batch: EventBatch
    let bytes: UnsafeBufferPointer<UInt8>

    /// What a RUN_FINISHED says in `outcome`; pending: the client's own tools have yet to answer.
    enum Outcome: Hashable { case success, pending, interrupt, cancelled }

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

    /// What tells the call of an event apart: the hash of the id's bytes.
    func call(_ event: ScannedEvent) -> RunGrammar.Call {
        RunGrammar.Call(
            digest: event.call.isEmpty
                ? 0 : SymbolTable.hash(UnsafeBufferPointer(rebasing: bytes[event.call.range])))
    }

    /// What `metadata.agent` says; it is looked for in the bytes, for no event is parsed whole.
    func agent(_ event: ScannedEvent) -> String? {
        batch.text(after: "\"agent\":\"", in: event.line, limit: 64)
    }

    /// The outcome; success unless it is spelled as another one.
    func outcome(_ event: ScannedEvent) -> Outcome {
        let success: StaticString = "{\"type\":\"success\"}"
        let slice = event.value
        if slice.isEmpty || slice.count == success.utf8CodeUnitCount { return plainOutcome(slice, success) }
        return parsedOutcome(slice)
    }

    private func plainOutcome(_ slice: TextSlice, _ success: StaticString) -> Outcome {
        let text = UnsafeBufferPointer(start: success.utf8Start, count: success.utf8CodeUnitCount)
        if slice.isEmpty || bytes[slice.range].elementsEqual(text) { return .success }
        return parsedOutcome(slice)
    }

    private func parsedOutcome(_ slice: TextSlice) -> Outcome {
        let outcome = batch.json(slice)
        switch outcome?.string ?? outcome?["type"]?.string {
        case "interrupt": return .interrupt
        case "cancelled", "canceled": return .cancelled
        default: return outcome?["pendingToolCallIds"]?.array?.isEmpty == false ? .pending : .success
        }
    }
}
