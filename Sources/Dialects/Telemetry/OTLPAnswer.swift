import ProtobufMessages
import WireProtocol

/// The bodies of answers to OTLP requests, in the encoding of the request (OTLP specification, "OTLP/HTTP Response").
public enum OTLPAnswer {
    /// The answer to a request that was read: empty, or how many of its elements were left out and why. Attributes
    /// that were left out are a warning, as their element was kept.
    ///
    /// - Parameter notice: what the sender should change; with nothing left out it is a warning
    ///   (OTLP specification, "Partial Success").
    public static func accepted(
        _ batch: TelemetryBatch, _ signal: TelemetrySignal, notice: String? = nil, isJSON: Bool
    ) -> [UInt8] {
        guard let reason = batch.reason ?? batch.attributeReason.map({ "left out: " + $0 }) ?? notice else {
            return isJSON ? Array("{}".utf8) : []
        }
        guard isJSON else {
            var answer = OTLPExportResponse()
            answer.partialSuccess.rejected = Int64(batch.refused)
            answer.partialSuccess.errorMessage = reason
            return ProtobufMessage.encode(answer)
        }
        let rejected =
            switch signal {
            case .traces: "rejectedSpans"
            case .logs: "rejectedLogRecords"
            case .metrics: "rejectedDataPoints"
            }
        let partial: JSONValue = [rejected: .string(String(batch.refused)), "errorMessage": .string(reason)]
        return JSONValue.object(["partialSuccess": partial]).serialized
    }

    /// The answer to a request that is refused whole: `google.rpc.Status`, code 3, INVALID_ARGUMENT.
    public static func refused(_ words: String, isJSON: Bool) -> [UInt8] {
        guard isJSON else {
            var answer = OTLPFailure()
            (answer.code, answer.message) = (3, words)
            return ProtobufMessage.encode(answer)
        }
        return JSONValue.object(["code": 3, "message": .string(words)]).serialized
    }
}
