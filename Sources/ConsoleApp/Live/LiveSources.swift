import ConsoleClient
import ConsoleModel
import Dialects
import Dispatch
import WireProtocol

/// Everything that a console listens to: one link per backend, one reader per file.
@MainActor
final class LiveSources {
    private var options: ConsoleOptions
    private let mailbox: Mailbox
    private var links: [ConsoleLinks] = []
    private var tasks: [Task<Void, Never>] = []

    init(_ options: ConsoleOptions, _ mailbox: Mailbox) {
        self.options = options
        self.mailbox = mailbox
    }

    /// Begins to listen; what cannot be opened is told as a lost link, and the console goes on.
    func start(_ target: ConsoleTarget, as key: BackendKey) {
        switch target {
        case .backend(let backend): connect(backend, as: key)
        case .receiver(let receiver): listen(receiver, as: key)
        case .file(let path):
            let mailbox = mailbox
            DispatchQueue.global().async { Self.read(path, key, mailbox) }
        }
    }

    private func connect(_ target: BackendTarget, as key: BackendKey) {
        open(options.client(for: target), as: key) {
            $0.connection(to: target, dialect: options.dialect(for: target))
        }
    }

    private func listen(_ receiver: Receiver, as key: BackendKey) {
        let options = options
        open(options.client, as: key) { options.source(receiver, $0) }
    }

    private func open(
        _ client: ClientOptions, as key: BackendKey, _ source: (ConsoleLinks) -> any MessageSource
    ) {
        let mailbox = mailbox
        do {
            let link = try ConsoleLinks(client)
            links.append(link)
            let source = source(link)
            tasks.append(
                Task.detached {
                    for await message in source.messages { await mailbox.put(message, from: key) }
                })
            tasks.append(Task.detached { await source.run() })
        } catch {
            tasks.append(
                Task.detached {
                    await mailbox.put(.link(.lost, reason: "\(error)", retryIn: nil), from: key)
                })
        }
    }

    private nonisolated static func read(_ path: String, _ key: BackendKey, _ mailbox: Mailbox) {
        do throws(FileError) {
            try FileSource(path: path).readMessages { mailbox.putBlocking($0, from: key) }
        } catch {
            mailbox.putBlocking(.link(.lost, reason: error.description, retryIn: nil), from: key)
        }
    }

    /// Says that time has passed, once a second: what a screen shows changes no oftener by itself.
    func startTicking() {
        let mailbox = mailbox
        tasks.append(
            Task.detached {
                while !Task.isCancelled {
                    try? await Task.sleep(for: .seconds(1))
                    mailbox.putTick()
                }
            })
    }

    /// Asks by these options whatever is started from now on.
    func follow(_ changed: ConsoleOptions) {
        options.access = changed.access
        options.client = changed.client
        options.dialect = changed.dialect
    }

    /// Closes every link.
    func shutDown() async {
        mailbox.close()
        for task in tasks { task.cancel() }
        for link in links { await link.shutDown() }
    }
}
