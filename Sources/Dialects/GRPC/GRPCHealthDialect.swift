import WireProtocol

extension Dialect {
    /// A gRPC server with the standard health service, over HTTP/2 in the clear or with TLS.
    public static let grpcHealth = Dialect(
        "grpc", healthPaths: [GRPCHealth.checkPath],
        coverage: Coverage(
            missing: [
                .sessions:
                    "grpc.health.v1 names no session; \(Coverage.embedding), or send OTLP to `ctxtop listen`",
                .runs: "grpc.health.v1 names no run; \(Coverage.embedding), or send OTLP to `ctxtop listen`",
                .patterns:
                    "grpc.health.v1 does not say how a path gets its dispatcher; \(Coverage.embedding)",
                .dispatchers: "grpc.health.v1 names no dispatcher; \(Coverage.embedding)",
                .events:
                    "grpc.health.v1 tells no event; \(Coverage.embedding), or send OTLP to `ctxtop listen`",
            ],
            notes: [
                "services: those that the server's List names; ask for one with "
                    + "--dialect grpc http://HOST:PORT/SERVICE"
            ])
    ) { GRPCHealth.service(ofPath: $0.path[...]) != nil }
}
