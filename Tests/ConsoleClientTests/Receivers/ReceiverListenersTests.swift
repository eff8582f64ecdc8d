import NIOCore
import NIOPosix
import Testing
import WireProtocol

@testable import ConsoleClient

/// Two ports of one receiver, of which either may be taken.
@Suite(.timeLimit(.minutes(5))) struct ReceiverListenersTests {
    private let http = ListenAddress(host: "127.0.0.1", port: 4318)
    private let grpc = ListenAddress(host: "127.0.0.1", port: 4317)

    private func failure(_ address: ListenAddress) -> ListenerBoard.State {
        .failed(address, "the port is in use", retryIn: .seconds(1))
    }

    @Test func nothingIsSaidBeforeEachPortWasTried() {
        var board = ListenerBoard([.http, .grpc])
        #expect(board.note(.http, .open(http)).isEmpty)
        #expect(
            board.note(.grpc, .open(grpc)) == [
                .link(
                    .connected,
                    reason: "listening at http://127.0.0.1:4317 (gRPC) and http://127.0.0.1:4318",
                    retryIn: nil)
            ])
    }

    @Test func aTakenPortIsOneLineAndTheOtherListens() throws {
        var board = ListenerBoard([.http, .grpc])
        _ = board.note(.http, .open(http))
        let messages = board.note(.grpc, failure(grpc))
        #expect(
            messages.first
                == .link(.connected, reason: "listening at http://127.0.0.1:4318", retryIn: nil))
        let failure = try #require(messages.outcomes.first?.failure)
        #expect(messages.outcomes.map(\.address) == ["127.0.0.1:4317"])
        #expect(failure.hasPrefix("cannot listen for gRPC: the port is in use; trying again; free the port"))
        #expect(failure.hasSuffix("set --otlp-grpc to another, or --otlp-grpc off"))
        // The next try that fails is not news.
        #expect(board.note(.grpc, self.failure(grpc)).isEmpty)
        #expect(
            board.note(.grpc, .open(grpc)).outcomes == [
                ReadOutcome(.events, "127.0.0.1:4317", failure: nil)
            ])
    }

    @Test func aTakenPortThatWasNotAskedForIsAPartOfTheLink() {
        var board = ListenerBoard([.http, .grpc], spare: [.grpc])
        _ = board.note(.http, .open(http))
        let words =
            "no gRPC at 127.0.0.1:4317: the port is in use; set --otlp-grpc to another port to receive it; "
            + "listening at http://127.0.0.1:4318"
        #expect(board.note(.grpc, failure(grpc)) == [.link(.connected, reason: words, retryIn: nil)])
        #expect(board.note(.grpc, failure(grpc)).isEmpty)
    }

    @Test func theLinkIsLostWhenNoPortListens() {
        var board = ListenerBoard([.http, .grpc])
        _ = board.note(.http, failure(http))
        let messages = board.note(.grpc, failure(grpc))
        let words =
            "cannot listen on 127.0.0.1:4317: the port is in use; cannot listen on 127.0.0.1:4318: the port is in use"
        #expect(messages == [.link(.lost, reason: words, retryIn: .seconds(1))])
    }

    @Test func aPortOfAllAddressesIsNamedByTheOneThatWasReached() throws {
        var board = ListenerBoard([.http, .grpc])
        _ = board.note(.http, .open(http))
        _ = board.note(.grpc, .open(ListenAddress(host: "0.0.0.0", port: 4317)))
        let peers = Peers(local: try SocketAddress(ipAddress: "192.0.2.1", port: 4317), remote: nil)
        let endpoints = board.endpoints(peers)
        #expect(endpoints.here == "http://192.0.2.1:4317")
        #expect(endpoints.http == "http://127.0.0.1:4318")
        #expect(endpoints.grpc == "http://192.0.2.1:4317")
    }

    @Test(arguments: [true, false]) func aPortThatIsFreedIsListenedOn(_ isGRPC: Bool) async throws {
        let taken = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0).get()
        let address = ListenAddress(host: "127.0.0.1", port: try #require(taken.localAddress?.port))
        let free = ListenAddress(host: "127.0.0.1", port: 0)
        let receiver = Receiver.telemetry(isGRPC ? free : address, grpc: isGRPC ? address : free)
        try await RunningReceiver.running({ _ in receiver }) { receiver in
            #expect((receiver.grpcOrigin == nil) == isGRPC)
            var isFailing = false
            _ = await receiver.wait { messages in
                let outcomes = messages.outcomes.filter { $0.address == address.description }
                if !isFailing, outcomes.last?.failure?.contains("the port is in use") == true {
                    isFailing = true
                    taken.close(promise: nil)
                }
                return isFailing && outcomes.count == 2 && outcomes.last?.failure == nil
            }
        }
    }
}
