import WireProtocol

extension ClientOptions {
    /// The longest pause between two asks for health, however slow or dear they are: one minute.
    static let longestPause = Duration.seconds(60)
    /// How many times longer than its answer a health endpoint is left alone, so that slow ones carry little load.
    private static let restFactor = 10

    /// How long a health endpoint is left alone after an answer.
    func pause(after round: BackendReader.HealthRound) -> Duration {
        if let pause = round.pause { return pause }
        var latency = 0.0
        for case .health(let record, _) in round.messages { latency = record.latencyMs ?? 0 }
        let rest = Duration.milliseconds(min(latency, 1e6)) * Self.restFactor
        return max(healthInterval, min(Self.longestPause, rest))
    }
}
