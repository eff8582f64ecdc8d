@testable import ConsoleModel
import Foundation
import PatternDetection
import Synchronization
import Testing
import WireProtocol

/// Two stores that receive the same actions; one of them judges everything again in every pass.
private struct Twins {
    private var kept: Store
    private var judgedAgain: Store
    private var random: SeededRandom
    /// The moments that times in the state may be compared from.
    private var moments: [Timestamp] = []

    init(_ state: ConsoleState, seed: UInt64) {
        (kept, judgedAgain, random) = (Store(state), Store(state), SeededRandom(state: seed))
        moments = [state.now]
    }

    var state: ConsoleState { kept.state }

    /// Sends an action to both, and expects equal findings; whether they were equal.
    @discardableResult mutating func send(_ action: Action) -> Bool {
        _ = kept.send(action)
        judgedAgain.rulings = StandingRulings()
        _ = judgedAgain.send(action)
        if case .received(_, _, let moment) = action, moments.last != moment { moments.append(moment) }
        let isEqual =
            kept.state.findings == judgedAgain.state.findings
            && kept.state.firstSeen == judgedAgain.state.firstSeen
            && kept.state.flapping == judgedAgain.state.flapping
        #expect(isEqual, "\(action)")
        return isEqual
    }

    /// Replays a story's actions, with ticks between them and for two hours after them.
    mutating func replay(_ actions: [Action], ticks: Int) {
        for action in actions {
            switch action {
            case .tick(let moment), .received(_, _, let moment): tick(to: moment, ticks)
            default: break
            }
            guard send(action) else { return }
        }
        tick(to: state.now + .seconds(7_300), ticks * 4)
        #expect(kept.state == judgedAgain.state)
    }

    /// Ticks at moments on both sides of a limit, and at any other ones.
    private mutating func tick(to end: Timestamp, _ count: Int) {
        let gap = end.since(state.now).wholeMilliseconds
        guard gap > 100 else { return }
        let start = state.now
        var ticks: Set<Timestamp> = []
        for _ in 0..<count {
            ticks.insert(start + .milliseconds(Int64.random(in: 1...gap, using: &random)))
            ticks.insert(start + .milliseconds(Int64.random(in: 1...min(gap, 3_000), using: &random)))
            guard let moment = moments.randomElement(using: &random),
                let limit = Self.limits.randomElement(using: &random)
            else { continue }
            for offset in -1...1 as ClosedRange<Int64> {
                ticks.insert(moment + .milliseconds(limit + offset))
                ticks.insert(moment + .milliseconds(limit / 1000 * 1000 + 1000 + offset))
            }
        }
        for moment in ticks.sorted() where moment > start && moment < end {
            guard send(.tick(moment)) else { return }
        }
    }

    private static let limits = TriageRule.all.flatMap(\.limits).filter { $0.unit == .milliseconds }
        .map(\.standard)
}

/// How often a rule that counts was asked about each backend.
private final class Asked: Sendable {
    private let counts = Mutex<[BackendKey: Int]>([:])

    func note(_ backend: BackendKey) { counts.withLock { $0[backend, default: 0] += 1 } }

    /// The counts since this was asked last.
    func take() -> [Int: Int] {
        counts.withLock { counts in
            defer { counts = [:] }
            return Dictionary(uniqueKeysWithValues: counts.map { ($0.key.rawValue, $0.value) })
        }
    }

    /// A rule that counts and never finds anything.
    func rule(_ asks: @escaping @Sendable (BackendView) -> Void = { _ in }) -> TriageRule {
        TriageRule(
            id: "counts", checks: "-", threshold: "-", source: "-", advice: "-", severity: .notice,
            urgency: .notice
        ) { view in
            self.note(view.backend.key)
            asks(view)
            return []
        }
    }
}

/// A backend is judged again when an answer may have changed, and only then.
@Suite struct StandingRulingsTests {
    private let start = Story().now

    @Test(arguments: RuleStory.all) func aKeptRulingSaysWhatJudgingAgainWouldSay(_ story: RuleStory) throws {
        var tellings = [story.fires, story.spares, story.silent].map { ($0, [String: Int64]()) }
        for turn in story.turns {
            guard case .limit(let key, let value) = try RuleOverride.parse(turn.override) else { continue }
            tellings.append((turn.tell, [key: value]))
        }
        for (index, (tell, limits)) in tellings.enumerated() {
            var told = Story(ruleLimits: limits)
            tell(&told)
            var twins = Twins(ConsoleState(now: start, ruleLimits: limits), seed: UInt64(index))
            twins.replay(told.actions, ticks: 8)
        }
    }

    @Test(arguments: 0..<8) func itDoesSoWhateverBackendsSay(seed: Int) {
        var random = SeededRandom(state: UInt64(seed) &* 0x9E37_79B9_7F4A_7C15)
        var story = Story()
        for round in 0..<24 {
            story.key = BackendKey(Int.random(in: 0..<3, using: &random))
            guard let chosen = RuleStory.all.randomElement(using: &random) else { return }
            let tellings = [chosen.fires, chosen.spares, chosen.silent] + chosen.turns.map(\.tell)
            tellings.randomElement(using: &random)?(&story)
            story.wait(.milliseconds(Int64.random(in: 0...40_000, using: &random)))
            if round % 8 == 7 { story.send(settings(&random)) }
        }
        // What is lost, and what comes twice, makes states that no story has.
        let actions = story.actions.flatMap { action -> [Action] in
            switch Int.random(in: 0..<10, using: &random) {
            case 0: []
            case 1: [action, action]
            default: [action]
            }
        }
        var twins = Twins(ConsoleState(now: start), seed: UInt64(seed))
        twins.replay(actions, ticks: 3)
    }

    private func settings(_ random: inout SeededRandom) -> Action {
        let rule = TriageRule.all[Int.random(in: 0..<TriageRule.all.count, using: &random)]
        let limits = rule.limits.map { ($0.key, max(1, $0.standard / 2)) }
        return .applyRules(
            [rule.id: limits.isEmpty ? .off : .critical],
            limits: Dictionary(uniqueKeysWithValues: limits),
            expected: Bool.random(using: &random) ? [.http: .factory] : [:])
    }

    @Test func aQuietBackendIsNotJudgedAgain() {
        let asked = Asked()
        var story = Story()
        story.store.rulings = StandingRulings(rules: TriageRule.all + [asked.rule()])
        for key in [0, 1] {
            story.key = BackendKey(key)
            story.path(.onFactory)
            story.wholeRun("r-\(key)", session: "s-\(key)")
        }
        story.wait(.seconds(1))
        _ = asked.take()
        // Backend 1 sends a message a second; of backend 0, only a limit that passes makes a difference.
        for index in 0..<50 {
            story.event(.textMessageContent, "r-2", session: "s-1", sequence: index)
            story.wait(.milliseconds(900))
        }
        let counts = asked.take()
        #expect(counts[1] == 50)
        #expect(counts[0, default: 0] <= 2)
    }

    @Test func withoutAMessageNothingIsJudgedUntilALimitIsCrossed() {
        let asked = Asked()
        var story = Story()
        story.store.rulings = StandingRulings(rules: [asked.rule(), .runStalled])
        story.startTool("r-1")
        let last = story.now + .milliseconds(-100)
        story.wait(.zero)
        _ = asked.take()
        func tick(_ milliseconds: Int64) -> Int? {
            _ = story.store.send(.tick(last + .milliseconds(milliseconds)))
            return asked.take()[0]
        }
        #expect(tick(1_000) == nil)
        #expect(tick(30_000) == nil && story.state.findings.isEmpty)
        #expect(
            tick(30_001) == 1
                && story.state.findings.map(\.summary) == ["ada sql_query silent for 30s, limit 30s"])
        #expect(tick(30_999) == nil)
        #expect(
            tick(31_000) == 1
                && story.state.findings.map(\.summary) == ["ada sql_query silent for 31s, limit 30s"])
    }

    @Test func aRulingEndsWithAFindingThatItAskedAbout() {
        let asked = Asked()
        let rule = asked.rule { view in _ = view.isHeld("limit-reached", .backend("prod")) }
        var rulings = StandingRulings(rules: [rule])
        var story = Story()
        story.snapshot { _ in }
        let key = FindingKey(backend: story.key, id: "limit-reached:backend:prod")
        for (isHeld, expected) in [(false, 1), (false, nil), (true, 1), (true, nil), (false, 1)] {
            story.store.state.firstSeen = isHeld ? [key: story.now] : [:]
            _ = rulings.findings(in: story.state)
            #expect(asked.take()[0] == expected)
        }
    }

    @Test func aRulingEndsWithItsSettings() {
        let asked = Asked()
        var rulings = StandingRulings(rules: [asked.rule()])
        var story = Story()
        _ = rulings.findings(in: story.state)
        for action: Action in [
            .applyRules(["run-stalled": .off], limits: [:], expected: [:]),
            .applyRules([:], limits: ["run-stalled.tool": 1], expected: [:]),
            .applyRules([:], limits: [:], expected: [.http: .factory]),
        ] {
            _ = asked.take()
            story.send(action)
            for expected in [1, nil] {
                _ = rulings.findings(in: story.state)
                #expect(asked.take()[0] == expected)
            }
        }
    }

    @Test func onlyARuleThatComparesBackendsSeesMoreThanOne() {
        #expect(TriageRule.comparing.map(\.id) == ["replicas-mixed"])
    }

    @Test func backendsAreComparedAgainWhenOneOfThemChanges() {
        let asked = Asked()
        let rule = TriageRule(
            id: "compares", checks: "-", threshold: "-", source: "-", advice: "-", severity: .notice,
            urgency: .notice,
            check: .comparing { view, all in
                asked.note(view.backend.key)
                #expect(all.count { $0.backend.key == view.backend.key } == 1)
                return []
            })
        var story = Story()
        story.store.rulings = StandingRulings(rules: [rule])
        for key in [0, 1] {
            story.key = BackendKey(key)
            story.snapshot { _ in }
            #expect(asked.take().count == key + 1)
            story.wait(.seconds(60))
            #expect(asked.take().isEmpty)
        }
    }

    /// Rules get the time from the view's answers alone, which note when they change.
    @Test func noRuleReadsTheTimeOrTheConsole() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../Sources/ConsoleModel/Triage/Rules").standardizedFileURL
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        #expect(files.count == TriageRule.all.count)
        for file in files {
            let text = try String(contentsOf: file, encoding: .utf8)
            #expect(!text.contains(".now"), "\(file.lastPathComponent)")
            let others = text.components(separatedBy: "ConsoleState").dropFirst().filter {
                !$0.hasPrefix(".row(")
            }
            #expect(others.isEmpty, "\(file.lastPathComponent)")
        }
    }

    @Test func anAgeReadsTheSameUntilItsChangeAndDifferentlyAtIt() {
        var random = SeededRandom(state: 7)
        for limit in [9, 15, 130, 4_000, 100_000, 400_000] as [Int64] {
            for _ in 0..<200 {
                let age = Duration.milliseconds(Int64.random(in: -2_000...limit * 1000, using: &random))
                for (text, change) in [
                    (AgeText.age(_:), AgeText.timeToChange(ofAge: age)),
                    ({ AgeText.exact($0) }, AgeText.timeToChange(ofExact: age)),
                ] {
                    #expect(text(age + change - .milliseconds(1)) == text(age), "\(age)")
                    #expect(text(age + change) != text(age), "\(age)")
                }
            }
        }
    }
}
