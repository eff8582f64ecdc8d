/// The CUSTOM events that WIRE.md adds where AG-UI has no word, by their `name`.
public enum CustomEventName: String, Hashable, Sendable, CaseIterable {
    /// `{change: opened|closed|state, state, reason}` of a session.
    case session = "ctxtop.session"
    /// `{id, from, to, reason, owners}` of a dispatcher.
    case dispatcher = "ctxtop.dispatcher"
    /// `{path, status: ok|error, error?, dispatcher?}` of a dispatcher's creation.
    case creation = "ctxtop.creation"
    /// One element of the snapshot's `paths`.
    case path = "ctxtop.path"
    /// `{after, next, lost}`: events that the stream could not deliver.
    case gap = "ctxtop.gap"
}
