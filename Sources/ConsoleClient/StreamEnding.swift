import WireProtocol

/// Why following a stream makes no sense any more and a new snapshot is needed.
enum StreamEnding: Error, Equatable, CustomStringConvertible {
    /// The resume point is not held any more, or is of another boot; `by` is the boot that said so.
    case resumePointGone(by: Message?)
    case anotherBoot

    var description: String {
        switch self {
        case .resumePointGone: "events were missed; taking a new snapshot"
        case .anotherBoot: "another instance or a restart answered; taking a new snapshot"
        }
    }

    /// The boot that was at the other end, where it said so.
    func boot(greeter: (boot: String, instance: String?)?) -> Message? {
        if case .resumePointGone(let boot?) = self { return boot }
        return greeter.map { .boot($0.boot, instance: $0.instance) }
    }
}
