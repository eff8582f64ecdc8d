import PatternDetection
import Testing

/// One row of the truth table measured on the seed's real backend, for one version of its code.
struct TruthRow: Sendable, CustomTestStringConvertible {
    let name: String
    let rows: [(EvidenceField, String)]
    let verdict: Verdict
    var wins: Verdict?

    var testDescription: String { name }

    var judgement: Judgement {
        PatternDetector.judge(.websocket, rows.map { Evidence($0.0, $0.1, source: "app.state") })
    }
}

private typealias Rows = [(EvidenceField, String)]
private let primaryBridge: Rows = [(.websocketBridge, "present"), (.agentWebsocketBridge, "absent")]
private let aliasOnly: Rows = [(.websocketBridge, "absent"), (.agentWebsocketBridge, "present")]
private let noBridge: Rows = [(.websocketBridge, "absent"), (.agentWebsocketBridge, "absent")]
private let nilBridge: Rows = [(.websocketBridge, "nil"), (.agentWebsocketBridge, "nil")]
private let noSupervisor: Rows = [(.agentSupervisor, "absent")]
private let emptySupervisor: Rows = [(.agentSupervisor, "present"), (.supervisorDispatcher, "absent")]
private let nilSupervisor: Rows = [(.agentSupervisor, "nil")]
private let singleton: Rows = [(.agentSupervisor, "present"), (.supervisorDispatcher, "present")]
private let nilSingleton: Rows = [(.agentSupervisor, "present"), (.supervisorDispatcher, "nil")]
private let fourClasses: Rows = [(.toolClasses, "4")]
private let noClasses: Rows = [(.toolClasses, "absent")]
private let emptyClasses: Rows = [(.toolClasses, "empty")]
/// The pre-fix code listed the dispatcher among what it requires.
private let preFix: Rows = [(.requires, "tool_dispatcher")]

@Suite struct SeedTruthTableTests {
    static let preFixColumn: [TruthRow] = [
        TruthRow(
            name: "empty state", rows: noBridge + noSupervisor + noClasses + preFix,
            verdict: .missingComponent("websocket_bridge")),
        TruthRow(
            name: "bridge only", rows: primaryBridge + noSupervisor + noClasses + preFix,
            verdict: .missingComponent("tool_dispatcher")),
        // That version took a bridge of None as it came, so it looked at no bridge slot at all.
        TruthRow(
            name: "bridge attributes None + tool classes", rows: noSupervisor + fourClasses + preFix,
            verdict: .missingComponent("tool_dispatcher")),
        TruthRow(
            name: "the incident: bridge + tool classes + dispatcher None",
            rows: primaryBridge + fourClasses + [(.toolDispatcher, "nil")] + preFix,
            verdict: .missingComponent("tool_dispatcher")),
        // That version read the primary slot alone.
        TruthRow(
            name: "only the alias bridge + tool classes",
            rows: [(.websocketBridge, "absent")] + noSupervisor + fourClasses + preFix,
            verdict: .missingComponent("websocket_bridge")),
        TruthRow(
            name: "bridge + empty tool classes", rows: primaryBridge + noSupervisor + emptyClasses + preFix,
            verdict: .missingComponent("tool_dispatcher")),
        TruthRow(
            name: "bridge + empty tool classes + supervisor without dispatcher",
            rows: primaryBridge + emptySupervisor + emptyClasses + preFix,
            verdict: .missingComponent("tool_dispatcher")),
        TruthRow(
            name: "bridge + supervisor's dispatcher", rows: primaryBridge + singleton + noClasses + preFix,
            verdict: .singleton),
        TruthRow(
            name: "bridge + supervisor's dispatcher None",
            rows: primaryBridge + nilSingleton + noClasses + preFix,
            verdict: .missingComponent("tool_dispatcher")),
        TruthRow(
            name: "bridge + supervisor None", rows: primaryBridge + nilSupervisor + noClasses + preFix,
            verdict: .missingComponent("tool_dispatcher")),
        TruthRow(
            name: "bridge + global dispatcher, no supervisor",
            rows: primaryBridge + noSupervisor + noClasses + [(.toolDispatcher, "present")] + preFix,
            verdict: .missingComponent("tool_dispatcher")),
        TruthRow(
            name: "factory and legacy evidence", rows: primaryBridge + singleton + fourClasses + preFix,
            verdict: .mixed, wins: .singleton),
    ]

    static let fixedColumn: [TruthRow] = [
        TruthRow(
            name: "empty state", rows: noBridge + noSupervisor + noClasses,
            verdict: .missingComponent("websocket_bridge")),
        TruthRow(name: "bridge only", rows: primaryBridge + noSupervisor + noClasses, verdict: .unconfigured),
        TruthRow(
            name: "bridge attributes None + tool classes", rows: nilBridge + noSupervisor + fourClasses,
            verdict: .missingComponent("websocket_bridge")),
        TruthRow(
            name: "the incident, fixed: bridge + tool classes + dispatcher None",
            rows: primaryBridge + fourClasses + [(.toolDispatcher, "nil")], verdict: .factory),
        TruthRow(
            name: "only the alias bridge + tool classes", rows: aliasOnly + noSupervisor + fourClasses,
            verdict: .factoryFallback),
        TruthRow(
            name: "bridge + empty tool classes", rows: primaryBridge + noSupervisor + emptyClasses,
            verdict: .unconfigured),
        TruthRow(
            name: "bridge + empty tool classes + supervisor without dispatcher",
            rows: primaryBridge + emptySupervisor + emptyClasses, verdict: .hollow),
        TruthRow(
            name: "bridge + supervisor's dispatcher", rows: primaryBridge + singleton + noClasses,
            verdict: .singleton),
        TruthRow(
            name: "bridge + supervisor's dispatcher None", rows: primaryBridge + nilSingleton + noClasses,
            verdict: .hollow),
        TruthRow(
            name: "bridge + supervisor None", rows: primaryBridge + nilSupervisor + noClasses,
            verdict: .hollow),
        TruthRow(
            name: "bridge + global dispatcher, no supervisor",
            rows: primaryBridge + noSupervisor + noClasses + [(.toolDispatcher, "present")],
            verdict: .unconfigured),
        TruthRow(
            name: "factory and legacy evidence", rows: primaryBridge + singleton + fourClasses,
            verdict: .mixed,
            wins: .factory),
    ]

    @Test(arguments: preFixColumn) func preFixCodeIsJudgedAsItBehaved(_ row: TruthRow) {
        #expect(row.judgement.verdict == row.verdict)
        #expect(row.judgement.wins == row.wins)
    }

    @Test(arguments: fixedColumn) func fixedCodeIsJudgedAsItBehaved(_ row: TruthRow) {
        #expect(row.judgement.verdict == row.verdict)
        #expect(row.judgement.wins == row.wins)
    }

    @Test func theIncidentRaisesTheSeedsError() {
        let incident = Self.preFixColumn[3].judgement
        #expect(
            incident.initialization
                == .failure(message: "Required component tool_dispatcher is missing or None"))
        #expect(incident.decidedBy.map(\.field) == [.requires, .toolDispatcher])
        #expect(incident.contradictedBy.map(\.field) == [.toolClasses])
    }

    @Test func aDispatcherThatNobodyReadsContradicts() {
        let judgement = Self.fixedColumn[10].judgement
        #expect(judgement.contradictedBy == [Evidence(.toolDispatcher, "present", source: "app.state")])
    }
}
