/// Judges how a consumer path gets its dispatcher, from evidence alone.
///
/// The same function initialises the backend and judges in the console. Pure:
/// the same rows give the same judgement, in any order of rows. The decision
/// order is WIRE.md's ("Evidence"), steps 1 to 6.
public enum PatternDetector {
    /// Judges one path by the rows observed about it.
    ///
    /// Another path's rows are not evidence here; the caller passes only this
    /// path's. Untrusted, unreadable and unknown rows decide nothing and are
    /// returned in ``Judgement/disregarded``.
    public static func judge(_ path: ConsumerPath, _ evidence: [Evidence]) -> Judgement {
        let rows = SortedEvidence(evidence)
        func judgement(_ verdict: Verdict, by decided: [Evidence?], wins: Verdict? = nil) -> Judgement {
            let decidedBy = decided.compactMap(\.self).uniqued()
            return Judgement(
                path: path, verdict: verdict, wins: wins, decidedBy: decidedBy,
                contradictedBy: rows.contradicting(verdict, wins: wins),
                disregarded: rows.disregarded)
        }

        guard rows.hasDecidingRow else { return judgement(.unknown, by: []) }

        if rows.needsBridge, !rows.bridgeIsSet {
            return judgement(
                .missingComponent(EvidenceField.websocketBridge.rawValue),
                by: [rows.bridge, rows.bridgeAlias, rows.requirement(of: .websocketBridge)])
        }
        for requirement in rows.requirements {
            let component = EvidenceField(rawValue: requirement.value)
            let found = rows.component(component)
            if found.state != .present {
                return judgement(.missingComponent(requirement.value), by: [requirement, found.row])
            }
        }
        if case .count? = rows.classes {
            if rows.legacyState == .present {
                let insists = rows.requirement(of: .toolDispatcher)
                return judgement(
                    .mixed, by: [rows.classesRow, rows.legacyRow, insists],
                    wins: insists == nil ? .factory : .singleton)
            }
            let fallbacks = rows.fallbackRows
            return judgement(
                fallbacks.isEmpty ? .factory : .factoryFallback,
                by: [rows.classesRow, rows.legacyRow] + fallbacks.map { $0 })
        }
        if rows.legacyState == .present { return judgement(.singleton, by: [rows.legacyRow]) }
        if rows.legacyHolderExists {
            return judgement(.hollow, by: [rows.holderRow, rows.legacyRow, rows.classesRow])
        }
        return judgement(.unconfigured, by: [rows.classesRow, rows.legacyRow, rows.holderRow])
    }
}

extension Array where Element: Hashable {
    /// The elements without repeats, first ones kept.
    fileprivate func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
