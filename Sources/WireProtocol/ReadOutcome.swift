/// Whether an address that a backend announced, or that its dialect requires, could be read.
public struct ReadOutcome: Hashable, Sendable {
    /// The part of the backend that the address shows.
    public let part: Coverage.Part
    /// The address, such as `POST /threads/search`; outcomes of the same address replace each other.
    public let address: String
    /// What was answered and what to do, such as `HTTP 401; a token is required`; nil after a success.
    public let failure: String?

    /// Describes one attempt to read `address`.
    public init(_ part: Coverage.Part, _ address: String, failure: String?) {
        self.part = part
        self.address = address
        self.failure = failure
    }
}
