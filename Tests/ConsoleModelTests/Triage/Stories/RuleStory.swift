import ConsoleModel
import PatternDetection
import Testing
import WireProtocol

/// What a rule must find, what lies just short of it, and what only looks like it.
///
/// Every rule has one, and every limit of a rule a turn: ``RuleStoryTests`` fails for whichever has none.
struct RuleStory: Sendable, CustomTestStringConvertible {
    typealias Telling = @Sendable (inout Story) -> Void

    /// A change of one limit that changes what is found.
    struct Turn: Sendable {
        /// `RULE.NAME=VALUE`, as `--rule` takes it.
        let override: String
        let tell: Telling
    }

    /// The rule's id.
    let rule: String
    /// Just beyond the boundary.
    let fires: Telling
    /// Just short of it.
    let spares: Telling
    /// What looks like it and is none.
    let silent: Telling
    var turns: [Turn] = []

    var testDescription: String { rule }

    init(
        _ rule: String, fires: @escaping Telling, spares: @escaping Telling, silent: @escaping Telling,
        turns: [(String, Telling)] = []
    ) {
        (self.rule, self.fires, self.spares, self.silent) = (rule, fires, spares, silent)
        self.turns = turns.map { Turn(override: "\(rule).\($0.0)", tell: $0.1) }
    }

    /// One for every rule.
    static let all: [RuleStory] = ofBreaches + ofPaths + ofPatterns + ofDispatchers + ofRuns + ofBackends

    /// What the rule says after that was told.
    func finding(after tell: Telling, limits: [String: Int64] = [:], rules: [String: RuleSetting] = [:])
        -> Finding?
    {
        var story = Story(rules: rules, ruleLimits: limits)
        tell(&story)
        return story.finding(rule)
    }
}

/// The boundaries of every rule from both sides, the look-alikes, and every limit.
@Suite struct RuleStoryTests {
    @Test func everyRuleHasItsStory() {
        #expect(RuleStory.all.map(\.rule).sorted() == TriageRule.all.map(\.id).sorted())
    }

    @Test(arguments: RuleStory.all) func aRuleFindsWhatIsBeyondItsBoundary(_ story: RuleStory) throws {
        let finding = try #require(story.finding(after: story.fires))
        #expect(!finding.summary.isEmpty && !finding.advice.isEmpty)
        #expect(!finding.evidence.isEmpty)
        for row in finding.evidence {
            #expect(!row.evidence.field.rawValue.isEmpty && !row.evidence.value.isEmpty, "\(row.evidence)")
        }
    }

    @Test(arguments: RuleStory.all) func aRuleSparesWhatIsShortOfItsBoundary(_ story: RuleStory) {
        #expect(story.finding(after: story.spares) == nil)
    }

    @Test(arguments: RuleStory.all) func aRuleIsSilentAboutWhatOnlyLooksLikeIt(_ story: RuleStory) {
        #expect(story.finding(after: story.silent) == nil)
    }

    @Test(arguments: RuleStory.all) func everyLimitOfARuleCanBeChanged(_ story: RuleStory) throws {
        let limits = TriageRule.all.first { $0.id == story.rule }?.limits.map(\.key) ?? []
        var turned: Set<String> = []
        for turn in story.turns {
            guard case .limit(let key, let value) = try RuleOverride.parse(turn.override) else {
                Issue.record("\(turn.override) is no limit")
                continue
            }
            turned.insert(key)
            let usual = story.finding(after: turn.tell)?.severity
            let changed = story.finding(after: turn.tell, limits: [key: value])?.severity
            #expect(usual != changed, "\(turn.override)")
        }
        #expect(turned == Set(limits))
    }

    @Test(arguments: RuleStory.all) func everyRuleCanBeSilencedAndRaised(_ story: RuleStory) {
        #expect(story.finding(after: story.fires, rules: [story.rule: .off]) == nil)
        for (setting, severity) in [(RuleSetting.critical, Severity.critical), (.warning, .warning)] {
            #expect(
                story.finding(after: story.fires, rules: [story.rule: setting])?.severity == severity)
        }
    }
}
