import Testing
import WireProtocol

@testable import ConsoleClient

/// Several instances behind one address: who answers the snapshot need not be who streams.
@Suite(.timeLimit(.minutes(5))) struct BootTests {
    private static func greeting(_ boot: String, _ instance: String) -> FakeAnswer {
        .stream(": instance=\(instance) boot=\(boot)\nretry: 2000\n\n", holds: true)
    }

    /// A server whose snapshots and streams come from these boots, the last one for all further ones.
    private static func script(_ snapshots: [String], _ streams: [String]) -> FakeServer.Script {
        { request in
            func turn(_ boots: [String]) -> String { boots[min(request.turn, boots.count - 1)] }
            return switch request.path {
            case "/health": .native
            case "/monitor/v1/snapshot":
                .whole(FakeAnswer.snapshotBody(boot: turn(snapshots), lastEventID: "\(turn(snapshots))-7"))
            case "/monitor/v1/events": greeting(turn(streams), "of-" + turn(streams))
            default: .whole("{}", status: 404)
            }
        }
    }

    @Test(
        arguments: [
            (["b1"], ["b2"], ["b2 of-b2", "b1 i1"]),
            (["b1"], ["b1", "b1", "b2"], ["b2 of-b2", "b1 i1"]),
            // A restart after the snapshot: the first boot is gone for good.
            (["b1", "b2"], ["b2"], ["b2 of-b2", "b2 i1"]),
            (["b1"], ["b1"], []),
        ])
    func aOneShotLooksForAnotherBoot(_ snapshots: [String], _ streams: [String], _ expected: [String])
        async throws
    {
        let (messages, requests) = try await FakeServer.readOnce("", Self.script(snapshots, streams))
        #expect(messages.boots == expected)
        #expect(messages.snapshots.count == 1)
        #expect(messages.lastLink == .link(.connected, reason: nil, retryIn: nil))
        #expect(requests.count { $0.path.hasSuffix("/events") } <= 3)
    }

    @Test func aServerWhoseStreamNeverGreetsCostsLittle() async throws {
        var options = ClientOptions.patient
        options.greetingPatience = .milliseconds(100)
        let (messages, _) = try await FakeServer.readOnce("", options: options) { request in
            switch request.path {
            case "/health": .native
            case "/monitor/v1/snapshot": .whole(FakeAnswer.snapshotBody)
            default: .silence
            }
        }
        #expect(messages.boots.isEmpty)
        #expect(messages.snapshots.count == 1)
    }

    /// The stream comes from another instance, which greets or refuses a resume point that is not its own.
    @Test(arguments: [
        greeting("b2", "of-b2"),
        .whole(
            "{\"status\":410,\"instance\":\"of-b2\",\"bootId\":\"b2\"}", status: 410,
            type: "application/problem+json"),
    ]) func aLinkReportsWhoseStreamItIs(_ stream: FakeAnswer) async throws {
        let script = Self.script(["b1"], ["b2"])
        try await FakeServer.serving({ $0.path.hasSuffix("/events") ? stream : script($0) }) { server in
            let links = try ConsoleLinks(.live)
            let link = links.connection(to: try BackendTarget(server.origin), jitter: { 0 })
            let running = Task { await link.run() }
            var messages: [Message] = []
            for await message in link.messages {
                messages.append(message)
                if messages.snapshots.count == 2 { break }
            }
            running.cancel()
            await running.value
            await links.shutDown()
            #expect(messages.boots == ["b2 of-b2"])
            #expect(messages.snapshots.map(\.bootID) == ["b1", "b1"])
        }
    }
}

extension [Message] {
    /// The boots that answered something else than a snapshot, each with its instance.
    fileprivate var boots: [String] {
        compactMap { if case .boot(let id, let instance) = $0 { "\(id) \(instance ?? "-")" } else { nil } }
    }
}
