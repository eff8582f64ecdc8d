/// What is wrong with a file that a person wrote, where, and what to do: always one line.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file.
    public let file: String
    /// The key, dotted, or the line and column; empty when it is about the whole file.
    public let place: String
    /// What is wrong and what to write instead.
    public let message: String
    /// Whether the file could not even be read.
    public let isUnreadable: Bool

    /// States a mistake.
    public init(_ file: String, _ place: String, _ message: String, isUnreadable: Bool = false) {
        self.file = file
        self.place = place
        self.message = message
        self.isUnreadable = isUnreadable
    }

    /// The line.
    public var description: String { file + ": " + (place.isEmpty ? "" : place + ": ") + message }
}
