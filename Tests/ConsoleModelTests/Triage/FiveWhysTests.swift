import ConsoleModel
import Foundation
import PatternDetection
import Testing
import WireProtocol

/// The seed's incident, told from evidence: a snapshot captured from `ctxtop demo --scenario incident`.
@Suite struct FiveWhysTests {
    private static let component: EvidenceField = .toolDispatcher

    private func captured() throws -> BackendSnapshot {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../Fixtures/incident-snapshot.json")
        let value = try JSONParser.parse([UInt8](try Data(contentsOf: file)))
        return try #require(value.object.flatMap { BackendSnapshot(json: $0) })
    }

    /// The chain of the path's finding, after a change of what was received.
    private func chain(
        _ rule: String = "pattern-missingComponent", on path: String = "websocket",
        _ change: (inout BackendSnapshot) -> Void = { _ in }
    ) throws -> FiveWhys {
        var snapshot = try captured()
        change(&snapshot)
        var story = Story()
        story.receive(.snapshot(snapshot))
        let finding = try #require(story.state.triage().first { $0.id == "\(rule):path:\(path)" })
        return story.state.fiveWhys(finding)
    }

    /// What the seed's report says in each section, and the words that ours must have in the same place.
    @Test(
        arguments: [
            (
                1, "Error",
                [
                    "websocket", "Required component tool_dispatcher is missing or None",
                    "expects tool_dispatcher",
                ]
            ),
            (
                2, "Pattern mismatch",
                [
                    "tool_dispatcher is nil", "start-up sets", "tool classes",
                    "still expects the legacy singleton",
                ]
            ),
            (
                3, "Incomplete migration",
                [
                    "from singleton to factory is incomplete", "background, http on the factory",
                    "websocket was not updated",
                ]
            ),
            (
                4, "Missing integration tests",
                ["no passing probe, test or creation of websocket", "only background and http"]
            ),
            (
                5, "No unified abstraction",
                [
                    "start-up and websocket initialiser", "in parallel",
                    "nothing makes a transition reach both",
                ]
            ),
        ] as [(Int, String, [String])])
    func theIncidentComesOutAsTheSeedTellsIt(_ level: Int, _ headline: String, _ words: [String]) throws {
        let chain = try chain()
        #expect(chain.stop == nil)
        let why = try #require(chain.whys.first { $0.level.rawValue == level })
        #expect(why.headline == headline)
        for piece in words { #expect(why.statement.contains(piece), "\(why.statement)") }
        #expect(!why.evidence.isEmpty && !why.remedy.isEmpty)
        #expect(Explanation.of(why.link)?.kind == .link)
    }

    @Test func theReportHasTheSeedsSections() throws {
        var story = Story()
        story.receive(.snapshot(try captured()))
        let text = IncidentReport(story.state).lines.joined(separator: "\n")
        let sections = [
            "**Date:**", "**Issue:**", "**Resolution:** open, 5 of 5 whys answered",
            "## Five Whys Root Cause Analysis", "### WHY #1 - SURFACE SYMPTOM",
            "### WHY #2 - IMMEDIATE CAUSE", "### WHY #3 - SYSTEM FAILURE", "### WHY #4 - PROCESS GAP",
            "### WHY #5 - ROOT CAUSE", "## Multi-Layer Solution", "### Layer 1", "### Layer 2", "### Layer 3",
            "### Layer 4", "### Layer 5", "## Impact", "## Pattern Detection Logic",
            "not reached: its own code insists on tool_dispatcher", "new pattern: use the factory",
            "## Migration Checklist", "- [x] Identify all consumer paths",
            "- [ ] Update initialization sequences", "- [x] Add pattern detection logic",
            "Implement graceful fallbacks",
            "- [ ] Create integration tests for each path", "- [x] Document pattern indicators",
            "- [x] Update health checks", "## Validation Results",
            "## Lessons Learned", "### Critical Insights", "**Missing integration tests:**",
            "### Prevention Measures", "ctxtop check --checklist", "## Future Actions", "### Immediate",
            "### Short-term", "### Long-term", "## Summary", "2 of 3 paths are on the factory pattern",
        ]
        var rest = text[...]
        for section in sections {
            let place = rest.range(of: section)
            #expect(place != nil, "\(section) is missing or out of order")
            if let place { rest = rest[place.upperBound...] }
        }
    }

    @Test func nothingIsLearnedWithoutEvidence() throws {
        var story = Story()
        story.path(.onFactory)
        story.custom(.creation, ["path": "http", "status": "error", "error": "no seat"])
        let text = IncidentReport(story.state).lines.joined(separator: "\n")
        #expect(text.contains("**Resolution:** open, 1 of 5 whys answered; next: observe"))
        #expect(!text.contains("### Critical Insights"))
        #expect(text.contains("1 creation failed and 0 succeeded"))
    }

    @Test(
        arguments: [
            (EvidenceField.requires, 1, "a row \"requires\""),
            (.toolDispatcher, 1, "a row \"tool_dispatcher\""),
            (.toolClasses, 1, "tool_classes"),
        ])
    func withoutARowOfThePathTheChainEndsAtTheSecondWhy(
        _ field: EvidenceField, _ answered: Int, _ observe: String
    ) throws {
        let chain = try chain("creation-failing") { snapshot in
            for index in snapshot.paths.indices where snapshot.paths[index].path == .websocket {
                snapshot.paths[index].evidence.removeAll { $0.evidence.field == field }
            }
        }
        #expect(chain.whys.map(\.level.rawValue) == Array(1...answered))
        #expect(chain.stop?.level == .immediateCause)
        #expect(chain.stop?.text.contains(observe) == true, "\(chain.stop?.text ?? "")")
        #expect(chain.stop?.text.hasPrefix("no evidence: observe ") == true)
    }

    @Test func withoutAnotherPathNothingIsSaidAboutAMigration() throws {
        let chain = try chain { $0.paths.removeAll { $0.path != .websocket } }
        #expect(chain.whys.count == 2)
        #expect(chain.stop?.level == .systemFailure)
    }

    @Test func aCreationThatPassedIsAnAnswerToWhyFour() throws {
        let chain = try chain { snapshot in
            for index in snapshot.paths.indices { snapshot.paths[index].created = 1 }
        }
        #expect(chain.whys.count == 3)
        #expect(chain.stop?.level == .processGap)
    }

    @Test func theChecklistIsAskedOfWhatIsHeldNow() throws {
        var story = Story()
        var snapshot = try captured()
        snapshot.checklist = [
            ChecklistRecord(id: "tests", text: "old", state: .done, evidence: []),
            ChecklistRecord(id: "fallbacks", text: "only the backend knows", state: .done, evidence: []),
            ChecklistRecord(id: "theirs", text: "an item of its own", state: .open, evidence: []),
        ]
        story.receive(.snapshot(snapshot))
        let items = story.state.checklist(try #require(story.state.backends.first))
        #expect(items.first { $0.id == "tests" }?.state == .open)
        #expect(items.first { $0.id == "fallbacks" }?.text == "only the backend knows")
        #expect(items.last?.id == "theirs")
    }

    @Test func aPassingProbeIsAnAnswerToWhyFour() throws {
        var story = Story()
        story.receive(.snapshot(try captured()))
        let canary = SyntheticMark.canary(of: "websocket")
        story.event(.runStarted, "p-1", user: canary, session: "p", path: "websocket")
        story.event(.runFinished, "p-1", user: canary, session: "p", path: "websocket")
        let finding = try #require(story.state.triage().first { $0.rule == "pattern-missingComponent" })
        let chain = story.state.fiveWhys(finding)
        #expect(chain.whys.count == 3)
        #expect(chain.stop?.observe.contains("ctxtop probe") == true)
    }

    @Test func otherPathsAndComponentsChangeTheWords() throws {
        let chain = try chain(on: "background") { snapshot in
            for index in snapshot.paths.indices where snapshot.paths[index].path == .websocket {
                var record = PathRecord(path: .background)
                let rows = snapshot.paths[index].evidence.map { row in
                    let piece = row.evidence
                    let field: EvidenceField =
                        piece.field == .toolDispatcher ? .init(rawValue: "model_client") : piece.field
                    let value = piece.field == .requires ? "model_client" : piece.value
                    return EvidenceRecord(Evidence(field, value, source: "job starter"), at: row.at)
                }
                (record.evidence, record.expected, record.failed) = (rows, .factory, 7)
                record.lastOutcome = OutcomeRecord(.error, error: "model_client is nil", at: nil)
                snapshot.paths.removeAll { $0.path == .background }
                snapshot.paths = snapshot.paths.map { path in
                    guard path.path == .websocket else { return path }
                    return record
                }
                return
            }
        }
        let text = chain.whys.map(\.statement).joined(separator: "\n")
        #expect(text.contains("background: 7 of 7 dispatcher creations failed: model_client is nil"))
        #expect(text.contains("model_client is nil because job starter sets"))
        #expect(!text.contains("websocket") && !text.contains("tool_dispatcher"), "\(text)")
    }

    @Test func aStalledToolIsExplainedByItsOwnRows() throws {
        var story = Story()
        story.path(.onFactory)
        story.custom(.creation, ["path": "http", "status": "ok"])
        story.startTool("r-1")
        story.startTool("r-2", user: "bob", session: "s-2")
        story.wait(.seconds(40))
        let finding = try #require(story.state.findings.first { $0.id == "run-stalled:run:r-1" })
        let chain = story.state.fiveWhys(finding)
        #expect(chain.whys.map(\.link) == ["why-finding", "why-waits-for-tool", "why-same-tool"])
        #expect(
            chain.whys[2].statement == "1 other user wait in sql_query as well"
                || chain.whys[2].statement.hasPrefix("1 other user"))
        #expect(chain.stop?.level == .processGap)
    }

    @Test func aLeakIsJoinedToItsSessionByItsId() throws {
        var story = Story()
        story.wholeRun("r-1")
        story.custom(
            .dispatcher, ["id": "d-1", "to": "idle", "pattern": "factory"], user: "ada", session: "s-1")
        story.custom(.session, ["change": "closed", "state": "ended"], user: "ada", session: "s-1")
        story.wait(.seconds(31))
        let finding = try #require(story.state.findings.first { $0.rule == "dispatcher-leaked" })
        let chain = story.state.fiveWhys(finding)
        #expect(chain.whys.map(\.link) == ["why-finding", "why-session-ended"])
        #expect(chain.whys[1].evidence.contains { $0.evidence.value.hasPrefix("s-1 ended") })
    }

    @Test func everyLinkHasAFileOfItsOwnAndAnExplanation() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../Sources/ConsoleModel/Triage/Whys/Links").standardizedFileURL
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(files.count == WhyLink.all.count)
        #expect(Set(WhyLink.all.map(\.id)).count == WhyLink.all.count)
    }
}
