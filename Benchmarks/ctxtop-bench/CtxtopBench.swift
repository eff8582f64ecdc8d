import ConsoleModel
import ConsoleViews
import Foundation
import PatternDetection
import Screen
import WireProtocol

/// The parts that `Benchmarks/run` cannot measure from outside; prints one number a line.
@main struct CtxtopBench {
    static func main() {
        let arguments = CommandLine.arguments
        switch arguments.dropFirst().first {
        case "generate": generate(Int(arguments.dropFirst(2).first ?? "") ?? 200_000)
        case "frame": frame()
        case "scan": scan(Int(arguments.dropFirst(2).first ?? "") ?? 200_000)
        case "memory": memory()
        default: print("usage: ctxtop-bench generate [EVENTS] | frame | memory | scan [EVENTS]")
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

    /// Linux: the second number of /proc/self/statm, in pages of 4 KiB (proc(5)).
    private static func residentBytes() -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4096
    }

    /// A 200x60 frame of the sessions view with 1,000 sessions, the median of 101.
    private static func frame() {
        var snapshot = BackendSnapshot(name: "bench")
        snapshot.sessions = (0..<1000).map { index in
            var session = SessionRecord(
                id: SessionID(rawValue: "s-\(index)"), user: UserID(rawValue: "user-\(index)"))
            (session.state, session.path, session.since) = (.running, .http, start)
            return session
        }
        var store = Store(ConsoleState(now: start))
        _ = store.send(.received(BackendKey(0), .snapshot(snapshot), at: start))
        for view in [ViewID.sessions, .pulse, .events] {
            _ = store.send(.show(view))
            var times: [Double] = []
            for _ in 0..<101 {
                let began = ContinuousClock.now
                let drawn = render(store.state, width: 200, height: 60)
                times.append((.now - began) / .microseconds(1))
                precondition(drawn.width == 200)
            }
            print("200x60 frame, \(view), 1,000 sessions: \(Int(times.sorted()[50])) µs (median of 101)")
        }
    }
}
