import Dialects
import WireProtocol

/// Finds out which dialect a backend speaks: what its health shows, and then what a few further addresses show.
struct DialectSearch {
    /// How long looking for a dialect may hold up the first health: 2 s, what a person waits without wondering.
    static let timeout = Duration.seconds(2)

    let reader: HTTPReader
    /// A dialect that is not looked for but given.
    let forced: Dialect?

    /// What a search found.
    struct Finding {
        let dialect: Dialect
        /// Whether the probes were not asked because health was not well.
        var isToBeProbed = false
        /// The probes that were a success.
        var answeredProbes: Set<String> = []
        /// Readiness routes that the backend's API document names.
        var knownRoutes: [HealthRoute] = []
    }

    /// The dialect whose usual health address costs, when a cheap address of its own shows that it is one.
    func costly() async -> (dialect: Dialect, path: String)? {
        guard forced == nil else { return nil }
        for dialect in Dialect.all where !dialect.avoids.isEmpty {
            guard let path = dialect.healthPaths.first else { continue }
            // Nothing is known of its health yet, which is what is to be left alone.
            var sighting = Sighting(
                path: path, health: HealthAnswerDocument(status: 404, contentType: nil, body: []))
            // With the whole time of an answer: a slow server must not be asked for what costs.
            for probe in dialect.probes {
                sighting.probes[probe] = try? await reader.get(
                    reader.target.origin + probe, limit: BackendReader.probeLimit)
            }
            if dialect.recognizes(sighting) { return (dialect, path) }
        }
        return nil
    }

    /// Which dialect a backend speaks: the given one, one that health alone shows, or one that its probes show.
    ///
    /// - Parameters:
    ///   - path: the path that `answer` came from.
    ///   - isKnown: whether it was chosen before, so that nothing further is asked.
    func dialect(of path: String, _ answer: HealthAnswerDocument, isKnown: Bool) async -> Finding {
        if let forced { return Finding(dialect: forced) }
        var sighting = Sighting(path: path, health: answer)
        let first = Dialect.recognizing(sighting)
        // A target with a path is asked at that address alone.
        guard first.name == Dialect.genericHealth.name, !reader.target.namesPath, !isKnown else {
            return Finding(dialect: first)
        }
        // A server that is starting has no answer worth looking at yet; behind a wall, another may be public.
        guard answer.status < 400 || answer.countsForNothing else {
            return Finding(dialect: first, isToBeProbed: true)
        }
        // FastAPI and its like name their routes, which is better than to guess them.
        let isPython = Stack.recognizing(server: answer.server, answer.json) == .python
        sighting.probes = await probes(Dialect.allProbes + (isPython ? [Sighting.openAPI] : []))
        return Finding(
            dialect: Dialect.recognizing(sighting), answeredProbes: Self.successes(sighting.probes),
            knownRoutes: sighting.readinessRoutes)
    }

    private static func successes(_ probes: [String: HealthAnswerDocument]) -> Set<String> {
        Set(probes.filter { (200..<300).contains($0.value.status) }.keys)
    }

    /// The dialect that is mounted at the target's path, that path, and where its health is asked for.
    ///
    /// A server below a path is looked for only where the path itself is not an endpoint of health.
    func mounted(
        _ answer: HealthAnswerDocument, _ found: Dialect
    ) async -> (Dialect, base: String, health: String)? {
        guard reader.target.namesPath, let base = Dialect.mountPath(of: reader.target.path),
            forced?.isMountable ?? (found.isMountable || found.name == Dialect.genericHealth.name)
        else { return nil }
        var sighting = Sighting(path: "/", health: answer)
        sighting.probes = await probes(Dialect.mountProbes, below: base)
        let answered = Self.successes(sighting.probes)
        guard let dialect = forced ?? Dialect.mountable.first(where: { $0.recognizes(sighting) }),
            let path = dialect.healthPath(answered: answered)
        else { return nil }
        return (dialect, base, path)
    }

    /// The answers of probes that come within two seconds, asked at the same time.
    private func probes(
        _ paths: [String], below base: String = ""
    ) async -> [String: HealthAnswerDocument] {
        let limit = min(reader.options.timeout, Self.timeout)
        return await withTaskGroup(of: (String, HealthAnswerDocument?).self) { group in
            for probe in paths {
                group.addTask {
                    let url = reader.target.origin + base + probe
                    return (
                        probe, try? await reader.get(url, limit: BackendReader.probeLimit, timeout: limit)
                    )
                }
            }
            var answers: [String: HealthAnswerDocument] = [:]
            for await (probe, answer) in group { answers[probe] = answer }
            return answers
        }
    }
}
