import ConsoleApp
import ConsoleModel
import PatternDetection
import Testing
import WireProtocol

/// The forms of `check`: one judgement, told to people, programs and monitoring systems alike.
@Suite struct CheckReportTests {
    private let now = Timestamp(milliseconds: 1_800_000_000_000)

    /// A backend with findings of every severity, in words that try to leave their place.
    private func state(health: HealthStatus = .pass, notice: Bool = false) -> ConsoleState {
        var store = Store(ConsoleState(now: now))
        let key = BackendKey(0)
        _ = store.send(.addBackend(key, url: "http://localhost:8700"))
        var record = HealthRecord(health)
        record.latencyMs = 12.4
        _ = store.send(.received(key, .health(record, body: []), at: now))
        var snapshot = BackendSnapshot(name: "prod")
        if notice {
            snapshot.paths = [path(.http, [(.toolClasses, "4"), (.toolClassesSource, "fallback")])]
        } else {
            snapshot.paths = [
                path(.websocket, [(.toolClasses, "4"), (.requires, "seat | ok=0;1\u{1B}[2J\n")]),
                path(.http, [(.toolClasses, "absent"), (.toolDispatcher, "present")]),
                path(.background, [(.toolClasses, "4"), (.toolClassesSource, "fallback")]),
            ]
        }
        _ = store.send(.received(key, .snapshot(snapshot), at: now))
        return store.state
    }

    private func path(_ path: ConsumerPath, _ evidence: [(EvidenceField, String)]) -> PathRecord {
        var record = PathRecord(path: path)
        record.evidence = evidence.map { EvidenceRecord(Evidence($0.0, $0.1, source: "app.state"), at: nil) }
        record.detected = record.judgement.verdict
        return record
    }

    @Test func everyFormCarriesTheSameFindingsInTheSameOrder() throws {
        let report = CheckReport(state(), failOn: .warning)
        let json = try JSONParser.parse(Array(report.text(.json).utf8))
        let told = try #require(json["findings"]?.array).map { finding in
            ["severity", "rule", "subject"].map { finding[$0]?.string ?? "" }
        }
        #expect(told.count >= 5)
        let plain = report.text(.plain).split(separator: "\n").compactMap { line -> [String]? in
            guard line.hasPrefix("  "), !line.hasPrefix("   ") else { return nil }
            let words = line.dropFirst(2).split(separator: " ", omittingEmptySubsequences: true).map(
                String.init)
            return Severity(rawValue: words[0]) == nil ? nil : Array(words.prefix(3))
        }
        #expect(plain == told)
        let nagios = report.text(.nagios).split(separator: "\n").dropFirst().map { line in
            line.split(separator: " ").prefix(3).map {
                $0.hasSuffix(":") ? String($0.dropLast()) : String($0)
            }
        }
        #expect(nagios == told)
        #expect(told.map { $0[0] } == told.map { $0[0] }.sorted(by: Self.isWorse))
    }

    private static func isWorse(_ first: String, _ second: String) -> Bool {
        (Severity(rawValue: first) ?? .ok) > (Severity(rawValue: second) ?? .ok)
    }

    @Test(
        arguments: [
            (false, .notice, 2), (false, .warning, 2), (false, .critical, 2), (true, .notice, 1),
            (true, .warning, 0), (true, .critical, 0),
        ] as [(Bool, Severity, Int)])
    func theExitFollowsTheWorstFindingThatCounts(isNotice: Bool, failOn: Severity, exit: Int) {
        #expect(CheckReport(state(notice: isNotice), failOn: failOn).exit == exit)
    }

    @Test(
        arguments: [(.pass, 0), (.warn, 1), (.fail, 2), (.unknown, 3)] as [(HealthStatus, Int)])
    func healthCountsWhateverTheFindings(health: HealthStatus, exit: Int) {
        #expect(CheckReport(state(health: health, notice: true), failOn: .critical).exit == exit)
    }

    /// Monitoring Plugins Development Guidelines, "Performance data": 'label'=value[UOM];[warn];[crit];[min];[max]
    @Test func theFirstLineIsWhatMonitoringSystemsRead() throws {
        let line = String(
            try #require(CheckReport(state(), failOn: .warning).text(.nagios).split(separator: "\n").first))
        let sides = line.split(separator: "|", omittingEmptySubsequences: false)
        #expect(sides.count == 2)
        #expect(sides[0].hasPrefix("CTXTOP CRITICAL - "))
        let item = /'?[a-z_]+'?=-?[0-9]+(\.[0-9]+)?(s|us|ms|%|B|KB|MB|TB|c)?(;[0-9.:@~-]*){0,4}/
        for datum in sides[1].split(separator: " ") {
            #expect(datum.wholeMatch(of: item) != nil, "\(datum)")
        }
        #expect(sides[1].contains("health_latency=12ms;;;0"))
        #expect(sides[1].contains("critical=") && sides[1].contains("crossings=0;;0;0"))
    }

    @Test func aHundredFindingsOfOneCauseAreToldOnceAndCounted() {
        var store = Store(ConsoleState(now: now))
        _ = store.send(.addBackend(BackendKey(0), url: "http://localhost:8700"))
        var snapshot = BackendSnapshot(name: "prod")
        snapshot.dispatchers = (0..<100).map { number in
            var record = DispatcherRecord(id: DispatcherID(rawValue: "d-\(number)"))
            (record.state, record.pattern, record.user) = (.leaked, .factory, "ada")
            return record
        }
        _ = store.send(.received(BackendKey(0), .snapshot(snapshot), at: now))
        let lines = CheckReport(store.state, failOn: .warning).text(.plain).split(separator: "\n")
        #expect(lines.first?.hasSuffix(", and 99 more like it") == true)
        #expect(lines.count { $0.contains("dispatcher-leaked") } == 100)
        #expect(lines.count { $0.contains("→") } == 1)
        #expect(lines.count { $0.contains("state = leaked") } == 3)
    }

    @Test(arguments: CheckReport.Format.allCases) func noFormLetsATerminalObeyTheWire(
        _ format: CheckReport.Format
    ) {
        let text = CheckReport(state(), failOn: .warning).text(format)
        #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
        if format == .oneline { #expect(text.split(separator: "\n").count == 1) }
    }
}
