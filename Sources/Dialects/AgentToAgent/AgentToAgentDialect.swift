import WireProtocol

extension Dialect {
    /// Agent2Agent 1.0: the tasks that the agents of a host list, followed by subscription.
    public static let agentToAgent = Dialect(
        "a2a", healthPaths: AgentCard.paths + [Sighting.openAPI],
        probes: AgentCard.paths + [Sighting.openAPI],
        coverage: AgentToAgentReader.coverage, reader: { AgentToAgentReader() }, isMountable: true
    ) { sighting in
        if AgentCard.paths.contains(where: sighting.path.hasSuffix),
            sighting.health.json.flatMap(AgentCard.init) != nil
        {
            return true
        }
        return AgentCard.paths.contains { sighting.json($0).flatMap(AgentCard.init) != nil }
            || sighting.json(Sighting.openAPI).map { !AgentCard.paths(in: $0).isEmpty } == true
    }
}
