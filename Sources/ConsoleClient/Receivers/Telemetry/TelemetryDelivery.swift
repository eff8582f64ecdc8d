import Dialects

/// The body of one delivery, however it came: over HTTP or gRPC, packed or not, in protobuf or JSON.
struct TelemetryDelivery: Sendable {
    /// The largest body, as it is sent and unpacked: 16 MiB, far above an exporter's batch of 512 spans.
    static let maximumBytes = 16 << 20

    let signal: TelemetrySignal
    let bytes: [UInt8]
    var isPacked = false
    var isJSON = false

    /// Unpacks and reads it; refuses what has no element that can be read.
    func batch() throws(TelemetryRefusal) -> TelemetryBatch {
        let batch: TelemetryBatch
        do throws(TelemetryError) {
            let bytes = isPacked ? try Gzip.unpack(bytes, limit: Self.maximumBytes) : bytes
            batch = isJSON ? try OTLPJSON.read(bytes, signal) : try OTLPProtobuf.read(bytes, signal)
        } catch { throw TelemetryRefusal(error) }
        if let reason = batch.reason, batch.isEmpty { throw .body(reason) }
        return batch
    }
}
