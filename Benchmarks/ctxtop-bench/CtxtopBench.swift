import ConsoleModel
import ConsoleViews
import Foundation
import PatternDetection
import Screen
import WireProtocol

/// The parts that `Benchmarks/run` cannot measure from outside; prints one number a line.
@main struct CtxtopBench {
    static func main() throws {
        let arguments = CommandLine.arguments
        switch arguments.dropFirst().first {
        case "generate": generate(Int(arguments.dropFirst(2).first ?? "") ?? 200_000)
        case "frame": frame(Int(arguments.dropFirst(2).first ?? "") ?? 10_000)
        case "scan": scan(Int(arguments.dropFirst(2).first ?? "") ?? 200_000)
        case "memory": memory()
        case "triage": triage(Int(arguments.dropFirst(2).first ?? "") ?? 10_000)
        case "spans" where arguments.count > 2:
            try TelemetryBench.decode(arguments[2])
            try TelemetryBench.openTraces(arguments[2], 100_000)
        default:
            print(
                "usage: ctxtop-bench generate [EVENTS] | frame [SESSIONS] | memory | scan [EVENTS] | "
                    + "spans FOLDER | triage [SESSIONS]"
            )
        }
    }

    private static let start = Timestamp(milliseconds: 1_795_441_400_000)

    /// Event lines of about 300 bytes: runs of five events of 200 users.
    private static func lines(_ count: Int, from first: Int = 0, sessions: Int = 1000) -> [[UInt8]] {
        let types: [EventType] = [
            .runStarted, .reasoningStart, .toolCallStart, .toolCallResult, .runFinished,
        ]
        return (first..<first + count).map { index in
            let run = index / types.count
            var about = EventMetadata()
            about.user = UserID(rawValue: "user-\(run % 200)@example.com")
            about.session = SessionID(rawValue: "01a2097e-95be-76fb-a334-\(100_000_000_000 + run % sessions)")
            about.run = RunID(rawValue: "01a2097e-ae52-77d0-9278-\(100_000_000_000 + run)")
            about.path = "http"
            about.dispatcher = DispatcherID(
                rawValue: "01a2097e-99a7-7df2-90ea-\(100_000_000_000 + run % sessions)")
            about.sequence = index % types.count
            about.id = "boot-\(index)"
            return OutgoingEvent(
                types[index % types.count], at: start + .milliseconds(index),
                ["toolCallId": .string("call-\(run)"), "toolCallName": "calculate"], metadata: about
            ).line
        }
    }

    private static func generate(_ count: Int) {
        for line in lines(count) { print(String(decoding: line, as: UTF8.self)) }
    }

    /// From bytes into the store: events a second, the median of five.
    private static func scan(_ count: Int) {
        let bytes = Array(lines(count).joined(separator: [0x0A]))
        var rates: [Double] = []
        for _ in 0..<5 {
            var store = Store(ConsoleState(now: start))
            let began = ContinuousClock.now
            var offset = 0
            while offset < bytes.count {
                let limit = min(bytes.count, offset + (4 << 20))
                let end = bytes[offset..<limit].lastIndex(of: 0x0A).map { $0 + 1 } ?? limit
                let stop = limit == bytes.count ? limit : end
                _ = store.send(
                    .received(
                        BackendKey(0), .events(EventBatch(lines: Array(bytes[offset..<stop]))), at: start))
                offset = stop
            }
            rates.append(Double(count) / ((.now - began) / .seconds(1)))
        }
        print(
            "events per second into the store: \(Int(rates.sorted()[2])) (median of 5, \(count) events, \(bytes.count >> 20) MB)"
        )
    }

    /// What 1,000,000 events of 10,000 sessions take, above what the empty store took.
    private static func memory() {
        let before = residentBytes()
        var store = Store(ConsoleState(now: start))
        for first in stride(from: 0, to: 1_000_000, by: 10_000) {
            let bytes = Array(lines(10_000, from: first, sessions: 10_000).joined(separator: [0x0A]))
            _ = store.send(.received(BackendKey(0), .events(EventBatch(lines: bytes)), at: start))
        }
        let taken = residentBytes() - before
        let events = store.state.events
        print("resident after \(events.count) events of 10,000 sessions: \(taken >> 20) MiB")
        print(
            "  \(taken / max(1, events.count)) bytes an event, \(events.byteCount >> 20) MiB of them of lines"
        )
    }

    /// What this process has used of a core so far.
    static func processorSeconds() -> Double { Double(clock()) / Double(CLOCKS_PER_SEC) }

    /// Linux: the second number of /proc/self/statm, in pages of 4 KiB (proc(5)).
    static func residentBytes() -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4096
    }

    /// 200x60 frames of every view with that many sessions: after new facts, and after a key; medians of 51.
    private static func frame(_ count: Int) {
        var store = Store(ConsoleState(now: start))
        _ = store.send(.addBackend(BackendKey(0), url: "http://bench"))
        _ = store.send(.received(BackendKey(0), .snapshot(snapshot(count)), at: start))
        let batch = EventBatch(lines: Array(lines(5).joined(separator: [0x0A])))
        for view in ViewID.allCases {
            _ = store.send(.show(view))
            var (news, keys): ([Double], [Double]) = ([], [])
            for round in 0..<51 {
                // A tenth of a second later, so that new facts are shown at once.
                let now = start + .milliseconds(1000 * view.rawValue * 60 + round * 100)
                _ = store.send(.received(BackendKey(0), .events(batch), at: now))
                news.append(microseconds(of: &store, .tick(now)))
                keys.append(microseconds(of: &store, .moveSelection(by: 1)))
            }
            print(
                "200x60 frame, \(view), \(count) sessions: \(median(news)) µs after news, \(median(keys)) µs after a key"
            )
        }
    }

    /// One pass of all rules over that many sessions with dispatchers and runs, a quiet tick, and the five slowest
    /// rules; medians of 21.
    private static func triage(_ count: Int) {
        var store = Store(ConsoleState(now: start))
        _ = store.send(.addBackend(BackendKey(0), url: "http://bench"))
        _ = store.send(.received(BackendKey(0), .snapshot(snapshot(count)), at: start))
        let bytes = Array(lines(count * 5, sessions: count).joined(separator: [0x0A]))
        _ = store.send(.received(BackendKey(0), .events(EventBatch(lines: bytes)), at: start))
        let state = store.state
        func milliseconds(_ rules: [TriageRule]) -> Double {
            let times = (0..<21).map { _ in
                let began = ContinuousClock.now
                precondition(state.triage(rules: rules).count < .max)
                return (.now - began) / .milliseconds(1)
            }
            return times.sorted()[times.count / 2]
        }
        func text(_ number: Double) -> String { String(format: "%.2f", number) }
        let slowest = TriageRule.all.map { (milliseconds([$0]), $0.id) }.sorted { $0 > $1 }.prefix(5)
        print("triage of \(count) sessions: \(text(milliseconds(TriageRule.all))) ms")
        let ticks = (1...21).map { index in
            let began = ContinuousClock.now
            _ = store.send(.tick(start + .milliseconds(index)))
            return (.now - began) / .milliseconds(1)
        }
        print("  a tick in which nothing changed: \(text(ticks.sorted()[ticks.count / 2])) ms")
        print("  the slowest: " + slowest.map { "\($0.1) \(text($0.0))" }.joined(separator: ", "))
    }

    private static func snapshot(_ count: Int) -> BackendSnapshot {
        var snapshot = BackendSnapshot(name: "bench")
        snapshot.sessions = (0..<count).map { index in
            var session = SessionRecord(
                id: SessionID(rawValue: "01a2097e-95be-76fb-a334-\(200_000_000_000 + index)"),
                user: UserID(rawValue: "user-\(index * 7919 % count)@example.com"))
            (session.state, session.path, session.since) = (.running, .http, start)
            return session
        }
        snapshot.dispatchers = (0..<count).map { index in
            var dispatcher = DispatcherRecord(
                id: DispatcherID(rawValue: "01a2097e-99a7-7df2-90ea-\(200_000_000_000 + index)"))
            dispatcher.session = snapshot.sessions[index].id
            dispatcher.user = snapshot.sessions[index].user
            return dispatcher
        }
        return snapshot
    }

    private static func microseconds(of store: inout Store, _ action: Action) -> Double {
        let began = ContinuousClock.now
        _ = store.send(action)
        let drawn = render(store.state, width: 200, height: 60)
        precondition(drawn.width == 200)
        return (.now - began) / .microseconds(1)
    }

    private static func median(_ times: [Double]) -> Int { Int(times.sorted()[times.count / 2]) }
}
