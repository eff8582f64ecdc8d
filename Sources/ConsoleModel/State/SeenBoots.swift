import WireProtocol

/// The starts of a backend, or of several instances of it, that answered behind one address.
struct SeenBoots: Equatable, Sendable {
    /// How many are kept, the newest ones.
    private static let maximum = 64

    /// When one boot answered.
    struct Sighting: Equatable, Sendable {
        /// The instance that it named; nil while it named none.
        var instance: String?
        let firstAt: Timestamp
        var lastAt: Timestamp
        /// The place of its first and its last answer among the answers of all boots.
        let firstTurn: Int
        var lastTurn: Int
    }

    /// By the boot's id.
    private(set) var sightings: [String: Sighting] = [:]
    private var turns = 0

    /// Keeps that a boot answered.
    mutating func note(_ id: String, instance: String?, at moment: Timestamp) {
        turns += 1
        var seen =
            sightings[id]
            ?? Sighting(
                instance: instance, firstAt: moment, lastAt: moment, firstTurn: turns, lastTurn: turns)
        (seen.instance, seen.lastTurn) = (instance ?? seen.instance, turns)
        seen.lastAt = max(seen.lastAt, moment)
        sightings[id] = seen
        guard sightings.count > Self.maximum,
            let oldest = sightings.min(by: { $0.value.lastTurn < $1.value.lastTurn })
        else { return }
        sightings[oldest.key] = nil
    }
}
