import NIOCore
import Synchronization
import WireProtocol

#if canImport(Glibc)
    import Glibc
#endif

/// What a receiver's port is for.
enum ListenerKind: String, Hashable, Sendable, CaseIterable {
    case http, grpc

    /// The option that sets its address.
    var option: String {
        switch self {
        case .http: "--otlp"
        case .grpc: "--otlp-grpc"
        }
    }
}

/// The ports of one receiver: reports them as one link, which is up while any of them listens.
final class ReceiverListeners: Sendable {
    private let outlet: MessageOutlet
    private let board: Mutex<ListenerBoard>

    /// Ports that were not tried yet; those of `spare` may be taken without anything being wrong.
    init(_ kinds: [ListenerKind], spare: Set<ListenerKind> = [], _ outlet: MessageOutlet) {
        self.outlet = outlet
        board = Mutex(ListenerBoard(kinds, spare: spare))
    }

    /// Reports that a port is listened on, at its real number.
    func open(_ kind: ListenerKind, at address: ListenAddress) { note(kind, .open(address)) }

    /// Reports that a port cannot be listened on, and after which time it is tried again.
    func fail(_ kind: ListenerKind, _ address: ListenAddress, _ error: any Error, retryIn wait: Duration) {
        note(kind, .failed(address, ListenAddress.words(error), retryIn: wait))
    }

    /// Where each port is reached by a sender that reached us over `peers`.
    func endpoints(_ peers: Peers) -> TelemetryEndpoints {
        board.withLock { $0.endpoints(peers) }
    }

    private func note(_ kind: ListenerKind, _ state: ListenerBoard.State) {
        // Sent within the lock, so that the newest state is also the last one that is reported.
        board.withLock { board in
            for message in board.note(kind, state) { outlet.send(message) }
        }
    }

}

extension ListenAddress {
    /// Why an address cannot be listened on.
    package static func words(_ error: any Error) -> String {
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE: "the port is in use"
        case EADDRNOTAVAIL: "this machine has no such address"
        case EACCES: "the port needs more rights; choose one above 1023"
        default: "\(error)"
        }
    }
}

/// The rules of ``ReceiverListeners``, without a lock.
struct ListenerBoard {
    /// How one port fares.
    enum State: Hashable {
        case open(ListenAddress)
        case failed(ListenAddress, String, retryIn: Duration)
    }

    private let kinds: [ListenerKind]
    /// The ports that were not asked for: a taken one is a part of the link's words, and not a fault.
    private let spare: Set<ListenerKind>
    private var states: [ListenerKind: State] = [:]
    private var link: Message?
    private var unread: Set<ListenAddress> = []

    /// A board of ports that were not tried yet.
    init(_ kinds: [ListenerKind], spare: Set<ListenerKind> = []) {
        self.kinds = kinds
        self.spare = spare
    }

    /// Keeps a port's state and returns what is new: nothing until each port was tried once.
    mutating func note(_ kind: ListenerKind, _ state: State) -> [Message] {
        states[kind] = state
        guard states.count == kinds.count else { return [] }
        var messages: [Message] = []
        let link = currentLink
        if link != self.link { messages.append(link) }
        self.link = link
        let failures = currentFailures
        for address in unread where failures[address] == nil {
            messages.append(.read(ReadOutcome(.events, address.description, failure: nil)))
        }
        for (address, failure) in failures where !unread.contains(address) {
            messages.append(.read(ReadOutcome(.events, address.description, failure: failure)))
        }
        unread = Set(failures.keys)
        return messages
    }

    /// Where each open port is reached.
    func endpoints(_ peers: Peers) -> TelemetryEndpoints {
        var endpoints = TelemetryEndpoints(here: peers.endpoint)
        for case (let kind, .open(let address)) in states {
            // A port of all addresses is at the one that the sender has reached already.
            let isWildcard = ["0.0.0.0", "::"].contains(address.host)
            let reached = ListenAddress(host: isWildcard ? peers.localHost : address.host, port: address.port)
            switch kind {
            case .http: endpoints.http = "http://\(reached)"
            case .grpc: endpoints.grpc = "http://\(reached)"
            }
        }
        return endpoints
    }

    private var currentLink: Message {
        var open: [String] = []
        var failed: [String] = []
        var wait: Duration?
        // HTTP last: scripts read the address at the end of the line.
        for kind in kinds.sorted(by: { $0 == .grpc && $1 != .grpc }) {
            switch states[kind] {
            case .open(let address)?:
                open.append("http://\(address)" + (kind == .grpc ? " (gRPC)" : ""))
            case .failed(let address, let words, let retry)?:
                failed.append("cannot listen on \(address): \(words)")
                wait = min(wait ?? retry, retry)
            case nil: break
            }
        }
        if !open.isEmpty {
            let words = currentSpareFailures + ["listening at " + open.joined(separator: " and ")]
            return .link(.connected, reason: words.joined(separator: "; "), retryIn: nil)
        }
        return .link(.lost, reason: failed.joined(separator: "; "), retryIn: wait)
    }

    /// What the link says of the ports that were not asked for and cannot be had.
    private var currentSpareFailures: [String] {
        kinds.compactMap { kind in
            guard spare.contains(kind), case .failed(let address, let words, _)? = states[kind] else {
                return nil
            }
            return "no gRPC at \(address): \(words); set \(kind.option) to another port to receive it"
        }
    }

    /// The ports that fail while another one listens; if none does, the link says so.
    private var currentFailures: [ListenAddress: String] {
        var failures: [ListenAddress: String] = [:]
        var isAnyOpen = false
        for (kind, state) in states {
            switch state {
            case .open: isAnyOpen = true
            case .failed where spare.contains(kind): break
            case .failed(let address, let words, _):
                let off = kind == .grpc ? ", or \(kind.option) off" : ""
                failures[address] =
                    "cannot listen for \(kind == .grpc ? "gRPC" : "HTTP"): \(words); trying again; "
                    + "free the port or set \(kind.option) to another\(off)"
            }
        }
        return isAnyOpen ? failures : [:]
    }
}
