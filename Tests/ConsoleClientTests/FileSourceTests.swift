import Foundation
import Testing
import WireProtocol

@testable import ConsoleClient

@Suite struct FileSourceTests {
    /// The batches of a file of those bytes.
    private func batches(_ bytes: [UInt8]) throws -> [EventBatch] {
        let path = NSTemporaryDirectory() + "ctxtop-\(UUID().uuidString).ndjson"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        var batches: [EventBatch] = []
        try FileSource(path: path).read { batches.append($0) }
        return batches
    }

    private static let step = "{\"type\":\"STEP_STARTED\"}\n"

    private func line(_ number: Int) -> String {
        "{\"type\":\"STEP_STARTED\",\"timestamp\":\(number),\"stepName\":\"s\"}"
    }

    @Test(arguments: ["\n", "", "\r\n", "\n\n\n"]) func readsEveryLineHoweverTheFileEnds(_ end: String) throws
    {
        let batches = try batches(Array(([line(1), line(2)].joined(separator: "\n") + end).utf8))
        #expect(batches.flatMap { $0.events.map(\.timestamp?.milliseconds) } == [1, 2])
        #expect(batches.allSatisfy { $0.refused.isEmpty })
    }

    @Test func readsAnEmptyFileAsNothing() throws {
        #expect(try batches([]).isEmpty)
    }

    @Test func losesNothingBetweenChunks() throws {
        let count = 200_000
        let text = (0..<count).map(line).joined(separator: "\n")
        let batches = try batches(Array(text.utf8))
        #expect(batches.count > 2)
        #expect(batches.reduce(0) { $0 + $1.events.count } == count)
        #expect(batches.last?.events.last?.timestamp?.milliseconds == Int64(count - 1))
    }

    @Test func countsWhatIsNoEvent() throws {
        let batches = try batches(Array("\(line(1))\nnot JSON\n{\"type\":\n\u{0}\n[1]\n\(line(2))\n".utf8))
        #expect(batches.reduce(0) { $0 + $1.events.count } == 2)
        #expect(batches.reduce(0) { $0 + $1.refused.count } == 3)
    }

    @Test(
        arguments: [
            ("", "the file holds no event; record it again"),
            ("\n \n", "the file holds no event; record it again"),
            ("no\n", "the only line is not an event: unexpected \"n\" at byte 0"),
            ("\u{7F}\n[1]\n{\"type\":", "none of 3 lines is an event: unexpected byte 127 at byte 0"),
            ("no\n" + step + step, nil), (step + "{\"type\":\"FROM_LATER\"}\n", nil),
            ("no\n" + step, "1 of 2 lines are not events: unexpected \"n\" at byte 0"),
            ("[1]\n" + step + "no\n", "2 of 3 lines are not events: unexpected \"[\" at byte 0"),
            (
                "{\"type\":\"log\"}\n{\"type\":\"x\"}\n",
                "no line is an event of a known type; the first is \"log\""
            ),
            ("\u{FEFF}" + step, nil),
            (step + "\u{FEFF}" + step, "1 of 2 lines are not events: unexpected byte 239 at byte 0"),
            ("\u{FEFF}", "the file holds no event; record it again"),
        ] as [(String, String?)])
    func aFileOfWhichHalfIsNoEventCannotBeRead(_ text: String, _ failure: String?) throws {
        let path = NSTemporaryDirectory() + "ctxtop-\(UUID().uuidString).ndjson"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        var messages: [Message] = []
        try FileSource(path: path).readMessages { messages.append($0) }
        #expect(messages.first == .dialect(name: "ndjson", coverage: .file))
        #expect(messages.last == .link(.ended, reason: "end of file", retryIn: nil))
        let outcomes = messages.compactMap { if case .read(let outcome) = $0 { outcome } else { nil } }
        #expect(outcomes == (failure.map { [ReadOutcome(.events, path, failure: $0)] } ?? []))
    }

    @Test func refusesALineThatNeverEnds() throws {
        let batches = try batches([UInt8](repeating: 0x78, count: 20 << 20) + Array("\n\(line(1))\n".utf8))
        #expect(batches.reduce(0) { $0 + $1.refused.count } == 1)
        #expect(batches.reduce(0) { $0 + $1.events.count } == 1)
        #expect(batches.allSatisfy { $0.bytes.count < 6 << 20 })
    }

    @Test(arguments: ["/nonexistent/file.ndjson", "/tmp", ""]) func saysWhichFileCannotBeRead(_ path: String)
    {
        #expect {
            try FileSource(path: path).read { _ in }
        } throws: { error in
            (error as? FileError)?.path == path && "\(error)".hasPrefix("cannot read \(path): ")
        }
    }
}

@Suite struct MessageOutletTests {
    private let event = Array("{\"type\":\"STEP_STARTED\"}\n".utf8)

    /// Everything that is in an outlet that was finished.
    private func rest(_ outlet: MessageOutlet) async -> [Message] {
        outlet.finish()
        var messages: [Message] = []
        for await message in outlet.messages { messages.append(message) }
        return messages
    }

    @Test func countsTheEventsThatFindNoRoomInOneGap() async {
        let outlet = MessageOutlet(capacity: 2)
        let batch = Message.events(EventBatch(lines: event + event))
        for _ in 0..<5 { outlet.send(batch) }
        var reader = outlet.messages.makeAsyncIterator()
        let first = [await reader.next(), await reader.next()]
        #expect(first == [batch, batch])
        outlet.send(.link(.stale, reason: nil, retryIn: nil))
        guard case .events(let gap)? = await reader.next(), let event = gap.events.first else {
            Issue.record("no gap")
            return
        }
        #expect(gap.string(event.name) == "ctxtop.gap")
        #expect(gap.json(event.value)?["lost"] == .integer(6))
        let message1 = await reader.next()
        #expect(message1 == .link(.stale, reason: nil, retryIn: nil))
    }

    @Test func keepsTheNewestStateOfALinkWhoseReaderIsBehind() async {
        let outlet = MessageOutlet(capacity: 1)
        outlet.send(.link(.connecting, reason: nil, retryIn: nil))
        outlet.send(.link(.connected, reason: nil, retryIn: nil))
        outlet.send(.link(.lost, reason: "gone", retryIn: nil))
        var reader = outlet.messages.makeAsyncIterator()
        let message2 = await reader.next()
        #expect(message2 == .link(.connecting, reason: nil, retryIn: nil))
        outlet.send(.health(HealthRecord(.fail), body: []))
        let message3 = await reader.next()
        #expect(message3 == .link(.lost, reason: "gone", retryIn: nil))
        outlet.send(.refused(what: "x", reason: "y"))
        let message4 = await rest(outlet)
        #expect(message4 == [.health(HealthRecord(.fail), body: [])])
    }
}
