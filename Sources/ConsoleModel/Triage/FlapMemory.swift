import WireProtocol

/// Which findings come and go: one that flaps is held, so that a screen and a pager stay quiet.
struct FlapMemory: Equatable, Sendable {
    /// Coming back this soon is the same occurrence; a flapping finding is held this long after it was seen.
    static let hold = Duration.seconds(60)
    /// So many appearances within ``window`` are flapping.
    static let appearances = 3
    /// The time in which appearances are counted.
    static let window = Duration.seconds(600)
    /// The most findings remembered after they are gone; those of a flood that are more come and go as they like.
    static let maximumGone = 1_000

    private var begins: [FindingKey: [Timestamp]] = [:]
    private var gone: [FindingKey: Gone] = [:]

    private struct Gone: Equatable, Sendable {
        let finding: Finding
        let at: Timestamp
    }

    /// Takes what triage says now and what it said before; gives what is to be shown.
    mutating func settle(_ now: [Finding], before: [Finding], at moment: Timestamp) -> [Finding] {
        let current = Set(now.map(\.key))
        for finding in before where !current.contains(finding.key) && gone[finding.key] == nil {
            guard gone.count < Self.maximumGone else { break }
            gone[finding.key] = Gone(finding: finding, at: moment)
        }
        var shown = now
        let known = Set(before.map(\.key))
        for index in shown.indices {
            let key = shown[index].key
            if let earlier = gone.removeValue(forKey: key) {
                if moment.since(earlier.at) <= Self.hold { shown[index].since = earlier.finding.since }
                noteBegin(key, at: moment)
            } else if !known.contains(key) {
                noteBegin(key, at: moment)
            }
        }
        for (key, last) in gone where moment.since(last.at) <= Self.hold && isFlapping(key, at: moment) {
            var held = last.finding
            held.isHeld = true
            shown.append(held)
        }
        forget(at: moment)
        return shown
    }

    private mutating func noteBegin(_ key: FindingKey, at moment: Timestamp) {
        begins[key, default: []].append(moment)
        if begins[key, default: []].count > 8 { begins[key]?.removeFirst() }
    }

    private func isFlapping(_ key: FindingKey, at moment: Timestamp) -> Bool {
        let recent = begins[key]?.count { moment.since($0) <= Self.window } ?? 0
        return recent >= Self.appearances
    }

    private mutating func forget(at moment: Timestamp) {
        if gone.values.contains(where: { moment.since($0.at) > Self.hold }) {
            gone = gone.filter { moment.since($0.value.at) <= Self.hold }
        }
        guard begins.count > 2 * Self.maximumGone else { return }
        begins = begins.filter { moment.since($0.value.last ?? moment) <= Self.hold }
        if begins.count > Self.maximumGone { begins = [:] }
    }
}
