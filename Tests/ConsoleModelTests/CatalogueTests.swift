import ConsoleModel
import Foundation
import PatternDetection
import Testing
import WireProtocol

@Suite struct CatalogueTests {
    private var rulesFolder: URL {
        URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Sources/ConsoleModel/Triage/Rules").standardizedFileURL
    }

    @Test func everyRuleFileIsInTheList() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: rulesFolder.path)
        #expect(files.count == TriageRule.all.count)
        #expect(Set(TriageRule.all.map(\.id)).count == TriageRule.all.count)
    }

    @Test func everyRuleOfTheContractIsThere() {
        let contract = [
            "pattern-unexpected", "creation-failing", "dispatcher-leaked", "dispatcher-shared",
            "path-unregistered",
            "verdict-disagrees", "health-lies", "run-unfinished", "run-stalled",
        ]
        let worse = ["factoryFallback", "singleton", "mixed", "hollow", "unconfigured", "missingComponent"]
        #expect(Set(TriageRule.all.map(\.id)).isSuperset(of: contract + worse.map { "pattern-\($0)" }))
    }

    @Test func everyRuleAndVerdictIsExplained() {
        let ids = TriageRule.all.map(\.id) + Verdict.names + EvidenceField.known.map(\.rawValue)
        for id in ids + WhyLink.all.map(\.id) + FailureSignature.all.map(\.id) {
            let explanation = Explanation.of(id)
            #expect(explanation != nil, "\(id)")
            #expect(
                explanation.map { [$0.meaning, $0.threshold, $0.source, $0.advice].contains("") } == false)
        }
        #expect(Explanation.of("nothing") == nil)
        #expect(Set(Explanation.all.map(\.id)).count == Explanation.all.count)
    }

    @Test func everyRuleSaysItsRowsItsSilenceAndTheSourceOfItsNumbers() {
        for rule in TriageRule.all {
            #expect(!rule.rows.isEmpty && !rule.silence.isEmpty, "\(rule.id)")
            #expect(rule.limits.allSatisfy { $0.rule == rule.id && !$0.source.isEmpty && $0.standard > 0 })
            #expect(Set(rule.limits.map(\.name)).count == rule.limits.count)
        }
    }

    @Test func columnNamesAreWordsThatAFilterCanUse() {
        func check<Row>(_ columns: [Column<Row>]) {
            #expect(Set(columns.map(\.name)).count == columns.count)
            #expect(columns.allSatisfy { $0.name.allSatisfy { $0.isLowercase || $0.isNumber } })
        }
        check(SessionRow.columns)
        check(PathRow.columns)
        check(DispatcherRow.columns)
        check(EventRow.columns)
        check(FindingRow.columns)
        check(HealthRow.columns)
    }

    @Test(arguments: [
        (80, "severity user state path pattern tool events last"), (40, "severity user state pattern"),
        (120, "severity user session state path pattern tool events last p95 age"),
    ])
    func columnsLeaveInTheirOrder(width: Int, names: String) {
        let one: [Column<SessionRow>] = ConsoleState(now: Timestamp(milliseconds: 0)).columns(of: .sessions)
        let fitted: [FittedColumn<SessionRow>] = one.fitted(to: width)
        #expect(fitted.map(\.column.name).joined(separator: " ") == names)
        #expect(fitted.reduce(fitted.count - 1) { $0 + $1.width } <= max(width, 43))
    }

    @Test(arguments: [
        (80, "severity user state path pattern tool events last backend"),
        (40, "severity user state pattern"),
    ])
    func severalBackendsHaveAColumn(width: Int, names: String) {
        let fitted: [FittedColumn<SessionRow>] = SessionRow.columns.fitted(to: width - 1)
        #expect(fitted.map(\.column.name).joined(separator: " ") == names)
    }

    @Test(arguments: [
        // One column less than everything: nothing grows, because AGE would have used the room.
        (97, 16, 16), (98, 16, 16), (99, 17, 16), (114, 32, 16), (115, 32, 17), (126, 32, 28),
        (300, 32, 28),
    ])
    func whatIsLeftOverGoesToLongTexts(width: Int, user: Int, tool: Int) {
        let all: [Column<SessionRow>] = ConsoleState(now: Timestamp(milliseconds: 0)).columns(of: .sessions)
        let grown: [FittedColumn<SessionRow>] = all.fitted(to: width).grown(to: width, of: all.count)
        #expect(grown.first { $0.column.name == "user" }?.width == user)
        #expect(grown.first { $0.column.name == "tool" }?.width == tool)
        #expect(grown.reduce(grown.count - 1) { $0 + $1.width } <= width)
    }

    @Test func aChosenWidthDoesNotGrow() {
        let all: [Column<SessionRow>] = SessionRow.columns.map { $0.name == "user" ? $0.wide(12) : $0 }
        let grown: [FittedColumn<SessionRow>] = all.fitted(to: 300).grown(to: 300, of: all.count)
        #expect(grown.first { $0.column.name == "user" }?.width == 12)
    }

    @Test func noWidthTraps() {
        for width in -3...300 {
            let fitted: [FittedColumn<SessionRow>] = SessionRow.columns.fitted(to: width)
            #expect(fitted.count >= 4)
        }
    }
}
