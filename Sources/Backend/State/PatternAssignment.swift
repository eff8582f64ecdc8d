import PatternDetection

/// Which pattern start-up sets for each consumer path, as `--pattern` says it.
public struct PatternAssignment: Sendable, Equatable {
    private var byPath: [ConsumerPath: StartupPattern] = [:]
    private var fallback = StartupPattern.factory

    /// Every path on the same pattern; the factory unless another one is named.
    public init(all pattern: StartupPattern = .factory) { fallback = pattern }

    /// The pattern of one path; settable for scenarios and tests.
    public subscript(path: ConsumerPath) -> StartupPattern {
        get { byPath[path] ?? fallback }
        set { byPath[path] = newValue }
    }

    /// Reads `factory` or `websocket=singleton,http=factory`; paths not named are on the factory.
    public init(parsing text: String) throws(PatternAssignmentError) {
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let sides = part.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
            guard let pattern = StartupPattern.selectable.first(where: { $0.rawValue == sides.last }) else {
                throw .unknownPattern(sides.last ?? "")
            }
            switch sides.count {
            case 1: fallback = pattern
            case 2:
                let path = ConsumerPath(rawValue: sides[0])
                guard ConsumerPath.all.contains(path) else { throw .unknownPath(sides[0]) }
                byPath[path] = pattern
            default: throw .unknownPattern(String(part))
            }
        }
    }
}

/// Why a `--pattern` was refused.
public enum PatternAssignmentError: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is no such pattern.
    case unknownPattern(String)
    /// There is no such path.
    case unknownPath(String)

    /// What is wrong and what can be written instead.
    public var description: String {
        switch self {
        case .unknownPattern(let text):
            "\"\(text)\" is no pattern; write one of "
                + StartupPattern.selectable.map(\.rawValue).joined(separator: ", ")
        case .unknownPath(let text):
            "\"\(text)\" is no path; write one of " + ConsumerPath.all.map(\.rawValue).joined(separator: ", ")
        }
    }
}
