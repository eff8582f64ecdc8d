import PatternDetection
import Testing

@Suite struct PatternDetectorTests {
    private func row(_ field: EvidenceField, _ value: String) -> Evidence {
        Evidence(field, value, source: "test")
    }

    @Test func noEvidenceIsUnknown() {
        #expect(PatternDetector.judge(.http, []).verdict == .unknown)
    }

    @Test func untrustedRowsDecideNothingAndAreKept() {
        let constant = Evidence(
            .toolClasses, "4", source: "health", trust: .untrusted(reason: "constant in the source"))
        let judgement = PatternDetector.judge(.http, [constant])
        #expect(judgement.verdict == .unknown)
        #expect(judgement.disregarded == [constant])
    }

    @Test func unreadableValuesDecideNothingAndAreKept() {
        let rows = [row(.toolClasses, "several"), row(.toolDispatcher, "perhaps"), row(.toolClasses, "-1")]
        let judgement = PatternDetector.judge(.http, rows)
        #expect(judgement.verdict == .unknown)
        #expect(judgement.disregarded == rows)
    }

    @Test func theLastOfRepeatedRowsCounts() {
        let rows = [row(.toolClasses, "4"), row(.toolDispatcher, "nil"), row(.toolClasses, "empty")]
        let judgement = PatternDetector.judge(.http, rows)
        #expect(judgement.verdict == .hollow)
        #expect(judgement.disregarded == [row(.toolClasses, "4")])
    }

    @Test func anyRequiredComponentCanBeMissing() {
        let model = EvidenceField(rawValue: "model_client")
        let working = [row(.toolClasses, "2"), row(.toolDispatcher, "nil"), row(.requires, "model_client")]
        #expect(
            PatternDetector.judge(.http, working + [row(model, "nil")]).verdict
                == .missingComponent("model_client"))
        #expect(PatternDetector.judge(.http, working).verdict == .missingComponent("model_client"))
        #expect(PatternDetector.judge(.http, working + [row(model, "present")]).verdict == .factory)
    }

    @Test func fallbackClassesMakeAFallback() {
        let rows = [row(.toolClasses, "4"), row(.toolClassesSource, "fallback")]
        #expect(PatternDetector.judge(.http, rows).verdict == .factoryFallback)
        #expect(
            PatternDetector.judge(.http, [row(.toolClasses, "4"), row(.toolClassesSource, "configured")])
                .verdict == .factory)
    }

    @Test func aPathThatLooksForNoBridgeNeedsNone() {
        #expect(PatternDetector.judge(.background, [row(.toolClasses, "4")]).verdict == .factory)
    }

    @Test(arguments: [
        Verdict.factory, .factoryFallback, .singleton, .mixed, .hollow, .unconfigured,
        .missingComponent("tool_dispatcher"), .missingComponent("a(b)"), .unknown,
    ])
    func everyVerdictSurvivesTheWire(_ verdict: Verdict) {
        #expect(Verdict(verdict.description) == verdict)
        #expect(Verdict.names.contains(verdict.name))
    }

    @Test(arguments: [
        "", "Factory", "missingComponent", "missingComponent()", "missingComponent(x", "mixed ",
    ])
    func otherWordsAreNoVerdict(_ word: String) {
        #expect(Verdict(word) == nil)
    }

    @Test func eachVerdictHasTheSeverityOfTheContract() {
        let expected: [(Verdict, Severity)] = [
            (.factory, .ok), (.factoryFallback, .notice), (.singleton, .warning), (.mixed, .warning),
            (.hollow, .critical), (.unconfigured, .critical), (.missingComponent("x"), .critical),
            (.unknown, .unknown),
        ]
        for (verdict, severity) in expected { #expect(verdict.severity == severity) }
    }
}

@Suite struct BackendVerdictTests {
    private func judgement(_ path: ConsumerPath, _ verdict: Verdict) -> Judgement {
        let rows: [(EvidenceField, String)] =
            switch verdict {
            case .factory: [(.toolClasses, "4")]
            case .singleton: [(.toolDispatcher, "present")]
            case .hollow: [(.toolDispatcher, "nil")]
            default: []
            }
        return PatternDetector.judge(path, rows.map { Evidence($0.0, $0.1, source: "test") })
    }

    @Test(arguments: [
        ([Verdict.factory, .factory, .factory], BackendVerdict.consistent(.factory)),
        ([.singleton, .singleton, .singleton], .consistent(.singleton)),
        ([.factory, .singleton, .factory], .migrating(migrated: 2, of: 3)),
        ([.factory, .singleton, .hollow], .broken([.background])),
        ([.hollow, .factory, .hollow], .broken([.background, .websocket])),
        ([.unknown, .unknown, .unknown], .unknown),
        ([.unknown, .factory, .unknown], .consistent(.factory)),
    ])
    func pathVerdictsMakeTheBackends(_ verdicts: [Verdict], _ expected: BackendVerdict) {
        #expect(BackendVerdict(zip(ConsumerPath.all, verdicts).map(judgement)) == expected)
    }
}
