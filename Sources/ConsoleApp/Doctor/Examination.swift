import ConsoleClient
import ConsoleModel
import WireProtocol

/// Looks at everything that a console needs: `ctxtop doctor [TARGET…]`.
public enum Examination {
    /// Asks each target once and never changes anything there.
    ///
    /// - Throws: ``FileError`` when a file cannot be read.
    public static func report(
        _ options: ConsoleOptions, in surroundings: Surroundings
    ) async throws -> DoctorReport {
        var sections = LocalDiagnosis.sections(surroundings)
        guard !options.targets.isEmpty else { return DoctorReport(sections, isUnreachable: false) }
        let state = try await Collector.collect(options)
        for (backend, target) in zip(state.backends, options.targets) {
            var skew: Duration?
            if case .backend(let address) = target, backend.link.state != .lost,
                backend.reception.clockSkew == nil
            {
                skew = await ServerDate.skew(of: address, options.client)
            }
            sections.append(
                TargetDiagnosis.section(backend, hasToken: options.client.token != nil, skew: skew))
        }
        return DoctorReport(sections, isUnreachable: state.backends.contains { $0.link.state == .lost })
    }
}
