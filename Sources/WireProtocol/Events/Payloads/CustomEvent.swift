/// The CUSTOM events that our wire adds where AG-UI has no word, by their `name`.
public enum CustomEventName: String, Hashable, Sendable, CaseIterable {
    /// A ``SessionChange``.
    case session = "ctxtop.session"
    /// A ``RunChange``.
    case run = "ctxtop.run"
    /// A ``DispatcherMove``.
    case dispatcher = "ctxtop.dispatcher"
    /// A ``CreationReport``.
    case creation = "ctxtop.creation"
    /// A ``PathRecord``, as in the snapshot's `paths`.
    case path = "ctxtop.path"
    /// A ``StreamGap``.
    case gap = "ctxtop.gap"
    /// A ``RefusalReport``.
    case refused = "ctxtop.refused"
    /// A ``ReadOutcome``.
    case read = "ctxtop.read"
}

/// The `value` of one of our CUSTOM events.
public protocol CustomPayload: WireRecord {
    /// The `name` of the event that carries it.
    static var eventName: CustomEventName { get }
}

extension PathRecord: CustomPayload {
    /// `ctxtop.path`.
    public static var eventName: CustomEventName { .path }
}

/// One of our CUSTOM events with its value read.
public enum CustomEvent: Hashable, Sendable {
    /// Something is different about a session.
    case session(SessionChange)
    /// Something became known of a run beside its own events.
    case run(RunChange)
    /// A dispatcher moved in its lifecycle.
    case dispatcher(DispatcherMove)
    /// An attempt to create a dispatcher ended.
    case creation(CreationReport)
    /// A path was declared, or its evidence changed.
    case path(PathRecord)
    /// Events were lost.
    case gap(StreamGap)
    /// A relayed source sent something that could not be used.
    case refused(RefusalReport)
    /// An address of a relayed source could be read, or could not.
    case read(ReadOutcome)

    /// Reads the value of an event of that name; nil when what identifies it is not there.
    public init?(_ name: CustomEventName, _ value: JSONObject) {
        let event: Self? =
            switch name {
            case .session: .session(SessionChange(json: value))
            case .run: .run(RunChange(json: value))
            case .dispatcher: DispatcherMove(json: value).map { .dispatcher($0) }
            case .creation: CreationReport(json: value).map { .creation($0) }
            case .path: PathRecord(json: value).map { .path($0) }
            case .gap: .gap(StreamGap(json: value))
            case .refused: RefusalReport(json: value).map { .refused($0) }
            case .read: ReadOutcome(json: value).map { .read($0) }
            }
        guard let event else { return nil }
        self = event
    }
}
