import PatternDetection
import Testing

/// What one combination of observations looks like, before it becomes rows.
struct Shape: Sendable, CustomTestStringConvertible {
    enum Supervisor: CaseIterable { case absent, `nil`, withoutDispatcher, withNil, withDispatcher }
    enum Bridge: CaseIterable { case primary, alias, absent }

    let dispatcher: SlotState
    let classes: ToolClasses
    let supervisor: Supervisor
    let bridge: Bridge
    let requiresDispatcher: Bool

    /// Every combination the issue names: 3 × 3 × 5 × 3 × 2.
    static let all: [Shape] = SlotState.allCases.flatMap { dispatcher in
        [ToolClasses.absent, .empty, .count(4)].flatMap { classes in
            Supervisor.allCases.flatMap { supervisor in
                Bridge.allCases.flatMap { bridge in
                    [false, true].map { requires in
                        Shape(
                            dispatcher: dispatcher, classes: classes, supervisor: supervisor, bridge: bridge,
                            requiresDispatcher: requires)
                    }
                }
            }
        }
    }

    var testDescription: String {
        "dispatcher \(dispatcher), classes \(classes), supervisor \(supervisor), bridge \(bridge), "
            + (requiresDispatcher ? "requires it" : "requires nothing")
    }

    /// The rows of a path that reads the supervisor's slot, as the seed's backend does.
    var rows: [Evidence] {
        func row(_ field: EvidenceField, _ value: String) -> Evidence {
            Evidence(field, value, source: "test")
        }
        var rows = [
            row(.toolDispatcher, dispatcher.rawValue), row(.toolClasses, classes.value),
            row(.websocketBridge, bridge == .primary ? "present" : "absent"),
            row(.agentWebsocketBridge, bridge == .alias ? "present" : "absent"),
        ]
        switch supervisor {
        case .absent: rows.append(row(.agentSupervisor, "absent"))
        case .nil: rows.append(row(.agentSupervisor, "nil"))
        case .withoutDispatcher:
            rows += [row(.agentSupervisor, "present"), row(.supervisorDispatcher, "absent")]
        case .withNil: rows += [row(.agentSupervisor, "present"), row(.supervisorDispatcher, "nil")]
        case .withDispatcher:
            rows += [row(.agentSupervisor, "present"), row(.supervisorDispatcher, "present")]
        }
        if requiresDispatcher { rows.append(row(.requires, "tool_dispatcher")) }
        return rows
    }

    /// WIRE.md's six steps, written out for these combinations without looking at the detector.
    var expectedVerdict: Verdict {
        let hasLegacy = supervisor == .withDispatcher
        if bridge == .absent { return .missingComponent("websocket_bridge") }
        if requiresDispatcher, !hasLegacy { return .missingComponent("tool_dispatcher") }
        switch (classes, hasLegacy) {
        case (.count, true): return .mixed
        case (.count, false): return bridge == .alias ? .factoryFallback : .factory
        case (_, true): return .singleton
        case (_, false): return supervisor == .absent ? .unconfigured : .hollow
        }
    }
}

@Suite struct EvidenceMatrixTests {
    @Test(arguments: Shape.all) func everyCombinationIsJudgedInTheOrderOfTheContract(_ shape: Shape) {
        #expect(PatternDetector.judge(.websocket, shape.rows).verdict == shape.expectedVerdict)
    }

    @Test func theMatrixHasEveryCombination() {
        #expect(Shape.all.count == 270)
        #expect(Set(Shape.all.map(\.expectedVerdict.name)).count == 7)
    }

    @Test(arguments: Shape.all) func theOrderOfRowsDecidesNothing(_ shape: Shape) {
        let forwards = PatternDetector.judge(.websocket, shape.rows)
        let backwards = PatternDetector.judge(.websocket, shape.rows.reversed())
        #expect(forwards.verdict == backwards.verdict)
        #expect(Set(forwards.decidedBy) == Set(backwards.decidedBy))
    }

    @Test(arguments: Shape.all) func everyVerdictNamesRowsThatWereGiven(_ shape: Shape) {
        let judgement = PatternDetector.judge(.websocket, shape.rows)
        #expect(!judgement.decidedBy.isEmpty)
        #expect(Set(judgement.decidedBy + judgement.contradictedBy).isSubset(of: shape.rows))
    }

    @Test(arguments: SlotState.allCases, [ToolClasses.absent, .empty, .count(1)])
    func aPathWithoutSupervisorReadsTheGlobalSlot(_ slot: SlotState, _ classes: ToolClasses) {
        let rows = [
            Evidence(.toolDispatcher, slot.rawValue, source: "test"),
            Evidence(.toolClasses, classes.value, source: "test"),
        ]
        let expected: Verdict =
            switch (classes, slot) {
            case (.count, .present): .mixed
            case (.count, _): .factory
            case (_, .present): .singleton
            case (_, .nil): .hollow
            case (_, .absent): .unconfigured
            }
        #expect(PatternDetector.judge(.http, rows).verdict == expected)
    }
}
