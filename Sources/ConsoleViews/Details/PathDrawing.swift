import ConsoleModel
import PatternDetection
import Screen
import WireProtocol

/// One consumer path in lines: the three facts that are never merged, and the evidence for them.
enum PathDrawing {
    static func lines(_ row: PathRow, now: Timestamp, width: Int) -> [StyledLine] {
        let verdict = row.judgement.verdict
        var lines: [StyledLine] = [
            StyledLine(" \(row.glyph) \(row.record.path)", row.worst.style),
            .field(
                "detected", verdict.longWords + (row.judgement.wins.map { ", \($0) wins" } ?? ""),
                verdict.severity.style),
            .field("expected", row.expected.longWords),
            .field(
                "outcome", row.outcomeText,
                row.record.lastOutcome.status == .error ? Style(.critical) : .normal),
            .field(
                "creations",
                "\(CountText.grouped(row.record.created)) ok  \(CountText.grouped(row.record.failed)) failed  "
                    + "\(CountText.grouped(row.record.fallbacks)) fallbacks"),
            .field(
                "sessions",
                "\(row.sessions.all) live  \(row.sessions.running) running  \(row.sessions.stuck) stuck  "
                    + "\(row.sessions.error) error"),
        ]
        if let error = row.record.lastOutcome.error {
            lines += Wrapping.lines(error, width: width - 12).map {
                StyledLine("           " + $0, Style(.critical))
            }
        }
        if row.isDisputed {
            lines.append(
                StyledLine(
                    " ▲ the backend says \(row.record.detected), the evidence says \(verdict)",
                    Style(.warning)))
        }
        lines += [StyledLine(), .heading("DECIDED BY")] + rows(row.judgement.decidedBy, row, now)
        if !row.judgement.contradictedBy.isEmpty {
            lines += [.heading("CONTRADICTED BY")] + rows(row.judgement.contradictedBy, row, now)
        }
        let others = row.record.evidence.map(\.evidence).filter {
            !row.judgement.decidedBy.contains($0) && !row.judgement.contradictedBy.contains($0)
        }
        if !others.isEmpty { lines += [.heading("ALSO SEEN")] + rows(others, row, now) }
        return lines
    }

    private static func rows(_ evidence: [Evidence], _ row: PathRow, _ now: Timestamp) -> [StyledLine] {
        if evidence.isEmpty { return [StyledLine("   no evidence: not observable here", .dim)] }
        return evidence.map { piece in
            let at = row.record.evidence.first { $0.evidence == piece }?.at
            return EvidenceDrawing.line(EvidenceRecord(piece, at: at), now: now)
        }
    }
}

/// One evidence row as a line.
enum EvidenceDrawing {
    static func line(_ record: EvidenceRecord, now: Timestamp) -> StyledLine {
        let evidence = record.evidence
        var line = StyledLine("   \(evidence.field)").then(" = ", .dim).then(
            evidence.value, Style(.normal, isBold: true))
        line = line.then("  \(evidence.source)", .dim)
        if let at = record.at { line = line.then("  \(AgeText.age(now.since(at))) ago", .dim) }
        if case .untrusted(let reason) = evidence.trust {
            line = line.then("  not believed: \(reason)", Style(.warning))
        }
        return line
    }
}
