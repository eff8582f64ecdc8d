import Dialects
import WireProtocol

/// The one reader behind all ports and connections of a receiver.
actor TelemetryIntake {
    private var reader = TelemetryReader()
    private let outlet: MessageOutlet

    init(_ outlet: MessageOutlet) { self.outlet = outlet }

    /// Shows what a delivery brought; `notice` is what its sender should change although it is accepted.
    func take(_ batch: TelemetryBatch, from host: String, notice: String? = nil) {
        for message in reader.accept(from: host, notice: notice) { outlet.send(message) }
        for message in reader.take(batch, at: SystemClock.now()) { outlet.send(message) }
    }

    /// Counts and shows a delivery that is not accepted.
    ///
    /// - Parameters:
    ///   - answer: what is answered, such as `HTTP 404` or `gRPC 12 UNIMPLEMENTED`.
    ///   - place: where it was sent, such as `POST /`.
    /// - Returns: the words for the sender.
    func refuse(
        _ refusal: TelemetryRefusal, answer: String, at place: String, _ peers: Peers,
        _ endpoints: TelemetryEndpoints
    ) -> String {
        let words = refusal.words(endpoints)
        let delivery = RefusedDelivery(
            address: place + peers.origin, host: peers.host, failure: "\(answer); \(words)")
        for message in reader.refuse(delivery, at: SystemClock.now()) { outlet.send(message) }
        return words
    }

    /// Shows what only time tells.
    func tell() { for message in reader.tell(at: SystemClock.now()) { outlet.send(message) } }
}
