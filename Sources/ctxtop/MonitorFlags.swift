import ArgumentParser
import ConsoleApp
import ConsoleClient
import Foundation
import MonitorServer
import WireProtocol

/// The flags by which a receiver lets operators attach to it.
struct MonitorFlags: ParsableArguments {
    @Option(
        help: """
            Serve the monitoring root of a backend here, HOST:PORT, for consoles, snapshot, check and watch; port 0 \
            takes a free one. It only reads, and leaves out what --redact does.
            """)
    var monitor: String?
    @Option(help: "Whose tokens --monitor accepts: lines TOKEN NAME read. Loopback needs none.")
    var monitorTokenFile: String?
    @Option(help: "The certificate chain of --monitor, PEM; required beyond loopback.")
    var monitorTlsCertificate: String?
    @Option(help: "Its private key, PEM.") var monitorTlsKey: String?

    /// The monitoring root that the flags ask for; nil for none.
    ///
    /// - Throws: a usage error (exit 64), or exit 3 for a file that cannot be read.
    func monitor(of receiver: Receiver, _ options: ConsoleOptions) throws -> ReceiverMonitor? {
        guard let monitor else {
            guard monitorTokenFile == nil, monitorTlsCertificate == nil, monitorTlsKey == nil else {
                throw ValidationError("--monitor-token-file and --monitor-tls-… require --monitor HOST:PORT")
            }
            return nil
        }
        guard let address = ListenAddress(monitor) else {
            throw ValidationError("--monitor: \"\(monitor)\" is not HOST:PORT")
        }
        var request = MonitorPlan.Request(address: address)
        request.certificate = monitorTlsCertificate
        request.key = monitorTlsKey
        for file in [monitorTokenFile, monitorTlsKey].compactMap(\.self) {
            if let refusal = SecretFile.refusal(file) { throw ValidationError("\(file): \(refusal)") }
        }
        if let monitorTokenFile {
            guard let text = try? String(contentsOfFile: monitorTokenFile, encoding: .utf8) else {
                OutputStreams.writeError("ctxtop: --monitor-token-file: \(monitorTokenFile) cannot be read")
                throw ExitCode(3)
            }
            request.tokens = text
        }
        do throws(MonitorPlanError) {
            return ReceiverMonitor(
                try MonitorPlan(request), url: receiver.url, version: Ctxtop.configuration.version,
                redaction: options.redaction)
        } catch { throw ValidationError(error.description) }
    }
}
