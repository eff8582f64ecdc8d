import Dialects
public import WireProtocol

/// Receives OTLP over HTTP and gRPC, plain or gzip, and tells it as runs, sessions and measurements.
public struct TelemetryReceiver: MessageSource {
    /// How often what waits on time is looked at.
    private static let tellInterval = Duration.milliseconds(500)

    /// What was received, in order.
    public var messages: AsyncStream<Message> { outlet.messages }
    private let outlet = MessageOutlet()
    private let address: ListenAddress
    private let grpc: ListenAddress?
    private let intake: TelemetryIntake
    private let listeners: ReceiverListeners

    /// A receiver that listens when ``run()`` is called; without an address for gRPC, over HTTP only.
    ///
    /// - Parameter isSpare: Whether gRPC was not asked for, so that its port may be taken.
    public init(_ address: ListenAddress, grpc: ListenAddress? = nil, isSpare: Bool = false) {
        self.address = address
        self.grpc = grpc
        intake = TelemetryIntake(outlet)
        listeners = ReceiverListeners(
            grpc == nil ? [.http] : [.http, .grpc], spare: isSpare ? [.grpc] : [], outlet)
    }

    /// Listens until the task is cancelled.
    public func run() async {
        outlet.send(.link(.connecting, reason: nil, retryIn: nil))
        outlet.send(.dialect(name: "otlp", coverage: .telemetry))
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await TelemetryHTTP(intake: intake, listeners: listeners).run(at: address)
            }
            if let grpc {
                group.addTask { await TelemetryGRPC(intake: intake, listeners: listeners).run(at: grpc) }
            }
            group.addTask {
                while !Task.isCancelled {
                    await intake.tell()
                    try? await Task.sleep(for: Self.tellInterval)
                }
            }
        }
        outlet.finish()
    }
}
