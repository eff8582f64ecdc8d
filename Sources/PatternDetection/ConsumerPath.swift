/// A way by which work enters a backend and needs a tool dispatcher.
public struct ConsumerPath: RawRepresentable, Hashable, Sendable {
    /// The name on the wire: `websocket`, `http`, `background`, or finer, `http:/v1/runs`.
    public let rawValue: String

    /// Takes any name; an unlisted one is a finding, not an error.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Chat over a WebSocket.
    public static let websocket = Self(rawValue: "websocket")
    /// Runs started by an HTTP request.
    public static let http = Self(rawValue: "http")
    /// Jobs that run without a connection.
    public static let background = Self(rawValue: "background")

    /// Every consumer path of the backend in this package; a test holds the sources against it.
    public static let all: [Self] = [.websocket, .http, .background]

    /// What kind of entrance a path is.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case websocket, http, background, admin
    }

    /// The kind that the name's part before `:` says, if it says one.
    public var kind: Kind? {
        Kind(rawValue: String(rawValue.prefix { $0 != ":" }))
    }
}

extension ConsumerPath: CustomStringConvertible, Comparable {
    /// The name on the wire.
    public var description: String { rawValue }

    /// By name, so that lists of paths have one order.
    public static func < (first: Self, second: Self) -> Bool { first.rawValue < second.rawValue }
}
