import Synchronization
import Testing
import WireProtocol

@testable import ContextMonitor

/// Whose events leave a full ring, and how streams report it.
@Suite struct RingShareTests {
    private let start = Timestamp(milliseconds: 0)

    private func configuration(maximumBytes: Int) -> MonitorConfiguration {
        var configuration = MonitorConfiguration(name: "n", version: "1", instance: "i", bootID: "boot")
        configuration.ringMaximumBytes = maximumBytes
        return configuration
    }

    private func line(_ count: Int) -> [UInt8] { Array(repeating: UInt8(ascii: "x"), count: count) }

    @Test func aUserWhoFloodsPushesOutTheirOwnEventsOnly() {
        var ring = EventRing(configuration(maximumBytes: 1000))
        for _ in 0..<4 { ring.append(line(50), of: "ada", at: start) }
        ring.append(line(50), at: start)
        for _ in 0..<500 { ring.append(line(90), of: "bob", at: start) }
        #expect(ring.firstNumber == 1)
        let numbers = ring.lines(after: 0, limit: .max).map(\.number)
        #expect(numbers == [1, 2, 3, 4, 5] + Array(498...505))
        #expect(ring.count == numbers.count)
    }

    @Test func twoUsersWhoFloodShareTheRing() {
        var ring = EventRing(configuration(maximumBytes: 1000))
        for _ in 0..<100 {
            ring.append(line(50), of: "ada", at: start)
            ring.append(line(50), of: "bob", at: start)
        }
        #expect(ring.lines(after: 0, limit: .max).map(\.number) == Array(181...200))
    }

    @Test func oneEventLargerThanTheRingPushesOutNoOther() {
        var ring = EventRing(configuration(maximumBytes: 100))
        ring.append(line(60), of: "ada", at: start)
        ring.append(line(101), of: "bob", at: start)
        ring.append(line(30), of: "cyd", at: start)
        #expect(ring.lines(after: 0, limit: .max).map(\.number) == [1, 3])
    }

    @Test func whatIsGoneKeepsNoPlace() {
        var ring = EventRing(configuration(maximumBytes: 1000))
        ring.append(line(10), of: "ada", at: start)
        for _ in 0..<100_000 { ring.append(line(100), of: "bob", at: start) }
        #expect(ring.count == 10)
        #expect(ring.placeCount < 3000)
    }

    /// Every change of the heap against a plain search for the user who holds the most.
    @Test func theHeaviestUserIsAlwaysKnown() {
        var random = Dice(seed: 7)
        var shares = RingShares()
        var held: [UserID: [(number: Int, bytes: Int)]] = [:]
        for number in 1...3000 {
            let user = UserID(rawValue: "u\(Int.random(in: 0..<12, using: &random))")
            if let oldest = held[user]?.first, Bool.random(using: &random) {
                shares.removeOldest(of: user, bytes: oldest.bytes)
                held[user]?.removeFirst()
            } else {
                let bytes = Int.random(in: 1...100, using: &random)
                shares.add(number, bytes: bytes, of: user)
                held[user, default: []].append((number, bytes))
            }
            let weights = held.mapValues { $0.reduce(0) { $0 + $1.bytes } }
            let most = weights.values.max() ?? 0
            let heaviest = weights.filter { $0.value == most && most > 0 }.keys
            let candidates = heaviest.compactMap { held[$0]?.first?.number }
            #expect(shares.oldestOfHeaviest.map { candidates.contains($0) } ?? candidates.isEmpty)
            #expect(shares.count == held.values.count { !$0.isEmpty })
        }
    }

    /// A flood of one user on a server: operators resume from the first event and read of every gap.
    @Test func aStreamReportsEveryGapInItsPlace() throws {
        let monitor = ContextMonitor(configuration(maximumBytes: 2000), now: { start })
        var ada = EventMetadata()
        ada.user = "ada"
        var bob = EventMetadata()
        bob.user = "bob"
        for _ in 0..<2 { monitor.publish(.stepStarted, ["stepName": "a"], about: ada) }
        for _ in 0..<100 { monitor.publish(.stepStarted, ["stepName": "b"], about: bob) }
        let held = monitor.state.withLock { $0.ring.lines(after: 0, limit: .max) }
        #expect(held.prefix(2).map(\.number) == [1, 2])
        let next = try #require(held.dropFirst(2).first).number
        var stream = OperatorStream(monitor: monitor, position: 0)
        let piece = stream.next()
        let frames = String(decoding: piece?.frames.bytes ?? [], as: UTF8.self)
        #expect(frames.contains("id: boot-1\n") && frames.contains("id: boot-2\n"))
        #expect(frames.contains("\"lost\":\(next - 3)"))
        #expect(frames.contains("\"after\":\"boot-2\""))
        #expect(frames.contains("id: boot-102\n"))
    }
}

/// Numbers that are the same in every run of a test (Knuth's constants for a 64-bit generator).
private struct Dice: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }
}
