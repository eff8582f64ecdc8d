import WireProtocol

/// A delivery that a receiver did not accept.
public struct RefusedDelivery: Hashable, Sendable {
    /// Where it was sent, such as `POST /`; the sender's host is part of it unless that is this machine.
    public let address: String
    /// The sender's host; empty where the connection was gone before it could be read.
    public let host: String
    /// What was answered and what to do.
    public let failure: String

    /// Describes one delivery.
    public init(address: String, host: String, failure: String) {
        self.address = address
        self.host = host
        self.failure = failure
    }
}

/// The addresses at which deliveries are refused, until their senders are repaired.
///
/// Nothing on the wire names a sender, so an address is taken as repaired when
/// its host delivered something that was accepted, and the address stayed quiet
/// for ``patience`` and for twice the time between its last two refusals: an
/// exporter that still sends to it would have been refused again.
struct TelemetryRefusals {
    /// The shortest quiet time: 10 s, twice the interval of an exporter of spans (OTEL_BSP_SCHEDULE_DELAY, 5 s).
    static let patience = Duration.seconds(10)
    /// After which quiet time the sender is taken as gone: 30 min, as sessions are.
    static let memory = Duration.seconds(1800)
    /// The most addresses that are kept; refusals at further ones are only counted.
    private static let maximumAddresses = 64

    /// What is known of one address.
    struct Address {
        let host: String
        var failure: String
        var count = 0
        var lastAt: Timestamp
        var gap = Duration.zero
        /// Whether the host delivered something acceptable since.
        var isFollowed = false
    }

    /// The addresses that are not repaired.
    private(set) var open: [String: Address] = [:]
    /// How many deliveries were refused, repaired or not.
    private(set) var total = 0

    /// The address that was refused last.
    var last: (address: String, failure: String)? {
        open.max { ($0.value.lastAt, $0.key) < ($1.value.lastAt, $1.key) }.map { ($0.key, $0.value.failure) }
    }

    /// Counts a refusal and keeps its address.
    mutating func refuse(_ delivery: RefusedDelivery, at moment: Timestamp) -> [Message] {
        total += 1
        let counted = Message.refused(what: delivery.address, reason: delivery.failure)
        let known = open[delivery.address]
        guard known != nil || open.count < Self.maximumAddresses else { return [counted] }
        var address = known ?? Address(host: delivery.host, failure: delivery.failure, lastAt: moment)
        address.failure = delivery.failure
        address.count += 1
        address.gap = moment.since(address.lastAt)
        address.lastAt = moment
        address.isFollowed = false
        open[delivery.address] = address
        return [.read(ReadOutcome(.events, delivery.address, failure: delivery.failure)), counted]
    }

    /// Notes that a host delivered something that was accepted.
    mutating func accept(from host: String) {
        for (name, address) in open where address.host == host || address.host.isEmpty {
            open[name]?.isFollowed = true
        }
    }

    /// Removes the addresses that are repaired.
    mutating func settle(at moment: Timestamp) -> [Message] {
        let repaired = open.filter { _, address in
            let quiet = moment.since(address.lastAt)
            return quiet >= Self.memory
                || address.isFollowed && quiet >= max(Self.patience, address.gap * 2)
        }
        return repaired.keys.sorted().map { name in
            open[name] = nil
            return .read(ReadOutcome(.events, name, failure: nil))
        }
    }
}
