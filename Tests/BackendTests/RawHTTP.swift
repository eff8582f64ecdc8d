import NIOCore
import NIOPosix

/// A connection on which a test writes every byte itself.
enum RawHTTP {
    /// Sends `request` and returns what came until the server closed the connection or `isComplete` is true.
    ///
    /// - Parameter pieces: Sent one after the other, each as soon as the reply to the ones before it has come.
    static func exchange(
        _ pieces: [String], port: Int, until isComplete: @escaping @Sendable (String) -> Bool = { _ in false }
    ) async throws -> String {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(
            host: "127.0.0.1", port: port
        ) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
        return try await channel.executeThenClose { inbound, outbound in
            var text = ""
            var rest = pieces[...]
            try await outbound.write(ByteBuffer(string: rest.removeFirst()))
            for try await bytes in inbound {
                text += String(buffer: bytes)
                if isComplete(text) { break }
                if let next = rest.popFirst() { try await outbound.write(ByteBuffer(string: next)) }
            }
            return text
        }
    }
}
