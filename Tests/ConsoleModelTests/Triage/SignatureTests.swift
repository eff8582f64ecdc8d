import ConsoleModel
import PatternDetection
import Testing
import WireProtocol

@Suite struct SignatureTests {
    @Test func allThirtyFiveAreListedAndMostAreVisible() {
        #expect(FailureSignature.all.map(\.id) == (1...35).map { ($0 < 10 ? "T0" : "T") + "\($0)" })
        #expect(FailureSignature.visibleCount >= 20)
        let ids = Set(TriageRule.all.map(\.id))
        for signature in FailureSignature.all {
            guard case .rules(let rules) = signature.visibility else { continue }
            #expect(ids.isSuperset(of: rules), "\(signature.id)")
        }
    }

    @Test(
        arguments: [
            ("Required component tool_dispatcher is missing or None", "T01"),
            ("500: Tool dispatcher not configured", "T01"),
            ("WebSocket bridge not configured - app_state.websocket_bridge is required", "T02"),
            ("UserExecutionContext.__init__() got an unexpected keyword argument 'session_id'", "T03"),
            ("Failed to create WebSocket supervisor: name", "T04"),
            ("modelmetaclass already registered", "T04"),
            ("User u has reached the maximum number of WebSocket managers (5).", "T07"),
            ("Thread ID mismatch: run_id contains 'a' but thread_id is 'b'", "T08"),
            ("Factory SSOT validation failed", "T13"), ("Need to call 'accept' first", "T15"),
            ("'coroutine' object has no attribute 'add_connection'", "T19"),
            ("Object of type DeepAgentState is not JSON serializable", "T20"),
            ("auth_service_unreachable | Debug", "T21"),
            ("'NoneType' object has no attribute 'track_operation'", "T25"),
            ("Orchestrator not available, using fallback execution", "T26"),
            ("everything is fine", nil), ("", nil), ("tool dispatcher", nil), ("Thread pool exhausted", nil),
        ] as [(String, String?)])
    func aFailureIsKnownByItsOwnWords(text: String, id: String?) {
        #expect(FailureSignature.matching(text, in: [.creation, .run])?.id == id)
        #expect(FailureSignature.matching(text, in: []) == nil)
    }

    /// Real words of each signature that is known by words.
    static let samples = [
        "T01": "Required component tool_dispatcher is missing or None",
        "T02": "WebSocket bridge not configured - app_state.websocket_bridge is required",
        "T03": "UserExecutionContext.__init__() got an unexpected keyword argument 'session_id'",
        "T04": "modelmetaclass already registered",
        "T07": "User u has reached the maximum number of WebSocket managers (5).",
        "T08": "Thread ID mismatch: run_id contains 'a' but thread_id is 'b'",
        "T13": "Factory SSOT validation failed", "T15": "Need to call 'accept' first",
        "T19": "'coroutine' object has no attribute 'add_connection'",
        "T20": "Object of type DeepAgentState is not JSON serializable",
        "T21": "SERVICE_SECRET not configured", "T25": "reached maximum engine limit (2/2)",
        "T26": "Orchestrator not available, using fallback execution", "T30": "ZERO handlers",
    ]

    /// Says these words in one place, as a backend would.
    private func say(_ words: String, in place: FailureSignature.Source, _ story: inout Story) {
        let now = story.now
        switch place {
        case .creation:
            story.custom(.creation, ["path": "http", "status": "error", "error": .string(words)])
        case .run:
            story.event(.runStarted, "r-1")
            story.event(.runError, "r-1", ["message": .string(words)])
        case .close:
            story.event(.runStarted, "r-1")
            story.event(.runFinished, "r-1")
            story.custom(
                .session, ["change": "closed", "state": "ended", "reason": .string(words)], user: "ada",
                session: "s-1")
        case .startup:
            story.snapshot {
                $0.startup.error = words
                $0.startedAt = now + .seconds(-60)
            }
        case .health:
            story.snapshot { $0.startedAt = now + .seconds(-60) }
            var health = HealthRecord(.fail)
            health.checks = [CheckRecord(name: "agents", status: .fail)]
            health.checks[0].output = words
            story.receive(.health(health, body: []))
        }
    }

    /// Each of the 35 is driven through the rules: what is called visible was seen, the others say why not.
    @Test func atLeastTwentyOfThirtyFiveAreSeen() throws {
        var seen: [String] = []
        for signature in FailureSignature.all {
            switch signature.visibility {
            case .words(let places):
                let words = try #require(Self.samples[signature.id], "\(signature.id) has no sample")
                for place in places {
                    var story = Story()
                    say(words, in: place, &story)
                    let rows = story.state.triage().flatMap(\.evidence)
                    #expect(
                        rows.contains {
                            $0.evidence.field.rawValue.hasPrefix(signature.id)
                                || $0.evidence.value.hasPrefix(signature.id)
                        }, "\(signature.id) in a \(place)")
                }
                seen.append(signature.id)
            case .rules(let rules):
                for rule in rules {
                    let story = try #require(RuleStory.all.first { $0.rule == rule })
                    #expect(story.finding(after: story.fires) != nil, "\(signature.id) by \(rule)")
                }
                seen.append(signature.id)
            case .hidden(let why): #expect(why.count > 20, "\(signature.id)")
            }
        }
        print("signatures seen: \(seen.count) of \(FailureSignature.all.count)")
        #expect(seen.count >= 20)
        #expect(seen.count == FailureSignature.visibleCount)
    }

    @Test func aCreationsErrorNamesItsSignature() throws {
        var story = Story()
        story.custom(
            .creation, ["path": "http", "status": "error", "error": "modelmetaclass already registered"])
        let finding = try #require(story.finding("creation-failing"))
        #expect(finding.evidence.contains { $0.evidence.value.hasPrefix("T04") })
        #expect(finding.advice == FailureSignature.of("T04")?.fix)
        #expect(!story.rules.contains("known-failure"))
        #expect(story.state.fiveWhys(finding).whys.map(\.link).contains("why-known-failure"))
    }

    @Test(arguments: [(600_000, true), (600_100, false)])
    func aRunsErrorIsAKnownFailureForTenMinutes(later: Int64, isFound: Bool) {
        var story = Story()
        story.event(.runStarted, "r-1")
        story.event(.runError, "r-1", ["message": "Object of type WebSocketState is not JSON serializable"])
        story.wait(.milliseconds(later - 100))
        #expect(story.rules.contains("known-failure") == isFound)
        if isFound { #expect(story.finding("known-failure")?.summary.hasPrefix("T20") == true) }
    }

    @Test func anUnknownErrorIsNoKnownFailure() {
        var story = Story()
        story.event(.runStarted, "r-1")
        story.event(.runError, "r-1", ["message": "the model said no"])
        #expect(story.rules.isEmpty)
    }

    @Test(arguments: [
        (10, "complete", false), (11, "complete", true), (200, "websocket", false),
    ])
    func noHandlersAreAFaultOnlyAfterTheGrace(age: Int, phase: String, isFound: Bool) {
        var story = Story()
        RuleStory.withoutHandlers(age, phase: phase, &story)
        #expect(story.rules.contains("known-failure") == isFound)
    }

    /// T30 and T34: what a monitor cried wolf about.
    @Test func theDeliberateNonAlarmsStaySilent() {
        var story = Story()
        let now = story.now
        story.snapshot {
            $0.startup.phase = "websocket"
            $0.startedAt = now + .seconds(-9)
            $0.health = HealthRecord(.unknown)
            $0.health.checks = [
                CheckRecord(name: "bridge", status: .unknown),
                CheckRecord(name: "handlers", status: .unknown),
            ]
            $0.health.checks[0].output = "uninitialized"
            $0.health.checks[1].output = "ZERO handlers"
            $0.paths = [
                .sample([(.toolClasses, "4"), (.websocketBridge, "nil"), (.agentWebsocketBridge, "present")])
            ]
        }
        #expect(story.state.triage().allSatisfy { $0.severity == .notice }, "\(story.rules)")
        story.wholeRun("r-1", user: "ctxtop-canary-http", session: "canary")
        story.wait(.seconds(3_600))
        #expect(!story.rules.contains("run-stalled"))
    }
}
