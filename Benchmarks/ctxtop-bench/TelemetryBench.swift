import Dialects
import Foundation
import WireProtocol

/// Telemetry from requests to runs, and what open traces weigh.
enum TelemetryBench {
    /// Decodes the requests of a folder, alone and with the tree of spans; spans a second of a core, medians of five.
    static func decode(_ folder: String) throws {
        let bodies = try requests(folder)
        var spans = 0
        var (alone, whole): ([Double], [Double]) = ([], [])
        for _ in 0..<5 {
            var began = CtxtopBench.processorSeconds()
            spans = 0
            for body in bodies { spans += try OTLPProtobuf.read(body, .traces).spans.count }
            alone.append(Double(spans) / (CtxtopBench.processorSeconds() - began))
            var reader = TelemetryReader()
            var messages = 0
            began = CtxtopBench.processorSeconds()
            for (index, body) in bodies.enumerated() {
                let now = moment + .milliseconds(index * 10)
                messages += reader.take(try OTLPProtobuf.read(body, .traces), at: now).count
            }
            whole.append(Double(spans) / (CtxtopBench.processorSeconds() - began))
            precondition(messages > 0)
        }
        let (decoding, both) = (alone.sorted()[2], whole.sorted()[2])
        print("spans per processor second decoded: \(Int(decoding)) (median of 5, \(spans) spans)")
        print("  decoded and placed: \(Int(both)); aim 150,000 or more")
        print("  ratio \(String(format: "%.2f", both / decoding)); aim 0.60 or more")
    }

    /// Resident bytes of `count` traces whose root has not come.
    static func openTraces(_ folder: String, _ count: Int) throws {
        let batches = try requests(folder).map { try OTLPProtobuf.read($0, .traces) }
        let before = CtxtopBench.residentBytes()
        var reader = TelemetryReader()
        var (round, made, peak) = (0, 0, before)
        var moment = moment
        while made < count {
            for var batch in batches where made < count {
                made += batch.spans.count { $0.parentID.isEmpty }
                batch.spans.removeAll { $0.parentID.isEmpty }
                // The same requests again are other traces: the last digits of their ids are the round's.
                for index in batch.spans.indices {
                    batch.spans[index].traceID =
                        batch.spans[index].traceID.dropLast(4) + String(format: "%04x", round)
                }
                moment = moment + .milliseconds(1)
                _ = reader.take(batch, at: moment)
                peak = max(peak, CtxtopBench.residentBytes())
            }
            round += 1
        }
        let size = (peak - before) >> 20
        print("\(made) open traces of 19 spans and no root: \(size) MiB at most; aim 250 MiB")
        for case .health(let record, _) in reader.tell(at: moment) {
            for check in record.checks where check.name == "traces" {
                print("  \(check.observedValue ?? ""); \(check.output ?? "")")
            }
        }
    }

    private static var moment: Timestamp { SystemClock.now() }

    private static func requests(_ folder: String) throws -> [[UInt8]] {
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        return try files.filter { $0.hasSuffix(".pb") }.map { name in
            Array(try Data(contentsOf: URL(filePath: folder).appending(path: name)))
        }
    }
}
