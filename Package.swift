// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTLS = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioHPACK = Target.Dependency.product(name: "NIOHPACK", package: "swift-nio-http2")
let nioHTTP2 = Target.Dependency.product(name: "NIOHTTP2", package: "swift-nio-http2")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")

let package = Package(
    name: "ctxtop",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "PatternDetection", targets: ["PatternDetection"]),
        .library(name: "ContextMonitor", targets: ["ContextMonitor"]),
        .library(name: "Backend", targets: ["Backend"]),
        .executable(name: "ctxtop", targets: ["ctxtop"]),
        .executable(name: "ctxtop-backend", targets: ["ctxtop-backend"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .target(name: "PatternDetection", swiftSettings: settings),
        .target(name: "WireProtocol", dependencies: ["PatternDetection"], swiftSettings: settings),
        .target(
            name: "ContextMonitor",
            dependencies: [
                "PatternDetection", "WireProtocol", deque, httpTypes, hummingbird, lifecycle, nioCore,
            ], swiftSettings: settings),
        .target(
            name: "WebSocketTransport", dependencies: [nioCore, nioHTTP1, nioPosix], swiftSettings: settings),
        .target(
            name: "Backend",
            dependencies: [
                "ContextMonitor", "WireProtocol", "PatternDetection", "WebSocketTransport", deque, httpTypes,
                hummingbird, hummingbirdCore, lifecycle, logging, nioCore, nioHTTP1, nioHTTPTypes, nioPosix,
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
            ], swiftSettings: settings),
        .target(
            name: "SyntheticUsers",
            dependencies: [
                "WireProtocol", "WebSocketTransport", asyncHTTPClient, nioCore, nioHTTP1, nioPosix,
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "ctxtop-backend",
            dependencies: [
                "Backend", "ContextMonitor", "PatternDetection", "SyntheticUsers", argumentParser,
                asyncHTTPClient, lifecycle, logging, unixSignals,
            ], swiftSettings: settings),
        .target(name: "Screen", swiftSettings: settings),
        .target(
            name: "CNcurses", linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),
        .target(name: "Terminal", dependencies: ["Screen", "CNcurses"], swiftSettings: settings),
        .target(
            name: "ConsoleModel", dependencies: ["WireProtocol", "PatternDetection", deque],
            swiftSettings: settings),
        .target(
            name: "ConsoleViews",
            dependencies: ["ConsoleModel", "Screen", "WireProtocol", "PatternDetection"],
            swiftSettings: settings),
        .target(name: "CZlib", linkerSettings: [.linkedLibrary("z")]),
        .target(
            name: "ProtobufMessages", dependencies: [protobuf],
            exclude: ["grpc_health.proto", "otlp.proto"], swiftSettings: settings),
        .target(
            name: "Dialects",
            dependencies: ["CZlib", "PatternDetection", "ProtobufMessages", "WireProtocol", protobuf],
            swiftSettings: settings),
        .target(
            name: "ConsoleClient",
            dependencies: [
                "Dialects", "WebSocketTransport", "WireProtocol", asyncHTTPClient, httpTypes, hummingbirdCore,
                logging, nioCore, nioHPACK, nioHTTP1, nioHTTP2, nioPosix, nioSSL,
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
            ],
            swiftSettings: settings),
        .target(
            name: "MonitorServer",
            dependencies: [
                "ConsoleClient", "ConsoleModel", "ContextMonitor", "PatternDetection", "WebSocketTransport",
                "WireProtocol", httpTypes, hummingbird, hummingbirdTLS, lifecycle, logging, nioSSL,
            ], swiftSettings: settings),
        .target(
            name: "ConsoleApp",
            dependencies: [
                "ConsoleClient", "ConsoleModel", "ConsoleViews", "Dialects", "PatternDetection", "Screen",
                "Terminal", "WireProtocol",
            ], swiftSettings: settings),
        .executableTarget(
            name: "ctxtop",
            dependencies: [
                "Backend", "ConsoleApp", "ConsoleClient", "ConsoleModel", "Dialects", "MonitorServer",
                "PatternDetection", "SyntheticUsers", "Terminal", "WireProtocol", argumentParser,
                asyncHTTPClient, lifecycle, logging,
            ], swiftSettings: settings),
        .testTarget(
            name: "PatternDetectionTests", dependencies: ["PatternDetection"], swiftSettings: settings),
        .testTarget(
            name: "WireProtocolTests", dependencies: ["WireProtocol", "PatternDetection"],
            swiftSettings: settings),
        .executableTarget(
            name: "hummingbird-example",
            dependencies: ["ContextMonitor", "WireProtocol", "PatternDetection", hummingbird],
            path: "Assets/examples/hummingbird", exclude: ["README.md"], swiftSettings: settings),
        .testTarget(
            name: "ContextMonitorTests",
            dependencies: [
                "ContextMonitor", "WireProtocol", "PatternDetection", "hummingbird-example", httpTypes,
                hummingbird,
                logging, nioCore,
                .product(name: "HummingbirdTesting", package: "hummingbird"),
            ], swiftSettings: settings),
        .testTarget(
            name: "WebSocketTransportTests",
            dependencies: [
                "Backend", "WebSocketTransport", httpTypes, hummingbird, hummingbirdCore, lifecycle, logging,
                nioCore,
                nioHTTP1, nioPosix, .product(name: "NIOEmbedded", package: "swift-nio"),
            ], swiftSettings: settings),
        .testTarget(
            name: "ConsoleModelTests", dependencies: ["ConsoleModel", "WireProtocol", "PatternDetection"],
            exclude: ["Fixtures"], swiftSettings: settings),
        .testTarget(
            name: "BackendTests",
            dependencies: [
                "Backend", "ContextMonitor", "PatternDetection", "SyntheticUsers", "WebSocketTransport",
                "WireProtocol", asyncHTTPClient, lifecycle, logging, nioCore, nioHTTP1, nioPosix,
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ], exclude: ["Golden"], swiftSettings: settings),
        .testTarget(
            name: "DialectsTests", dependencies: ["Dialects", "WireProtocol", "PatternDetection"],
            swiftSettings: settings),
        .testTarget(
            name: "ConsoleClientTests",
            dependencies: [
                "ConsoleClient", "Dialects", "WebSocketTransport", "WireProtocol", "PatternDetection",
                asyncHTTPClient, nioCore,
                nioHPACK, nioHTTP1, nioHTTP2, nioPosix, nioSSL,
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ], swiftSettings: settings),
        .testTarget(
            name: "MonitorServerTests",
            dependencies: [
                "ConsoleClient", "ConsoleModel", "MonitorServer", "PatternDetection", "WebSocketTransport",
                "WireProtocol", asyncHTTPClient, nioCore, nioHTTP1, nioPosix,
            ], swiftSettings: settings),
        .testTarget(
            name: "ConsoleAppTests",
            dependencies: [
                "ConsoleApp", "ConsoleClient", "ConsoleModel", "ConsoleViews", "Dialects", "PatternDetection",
                "Screen",
                "Terminal",
                "WireProtocol",
            ], swiftSettings: settings),
        .testTarget(
            name: "FaultMatrixTests",
            dependencies: [
                "Backend", "ConsoleClient", "ConsoleModel", "PatternDetection", "SyntheticUsers",
                "WireProtocol", asyncHTTPClient, lifecycle, logging,
            ], exclude: ["Golden"], swiftSettings: settings),
        .executableTarget(
            name: "ctxtop-bench",
            dependencies: [
                "ConsoleModel", "ConsoleViews", "Dialects", "PatternDetection", "Screen", "WireProtocol",
            ],
            path: "Benchmarks/ctxtop-bench", swiftSettings: settings),
        .testTarget(
            name: "ConsoleViewsTests",
            dependencies: ["ConsoleModel", "ConsoleViews", "PatternDetection", "Screen", "WireProtocol"],
            exclude: ["Golden"], swiftSettings: settings),
        .target(
            name: "CPseudoTerminal", path: "Tests/CPseudoTerminal", linkerSettings: [.linkedLibrary("util")]),
        .testTarget(
            name: "EndToEndTests", dependencies: ["CPseudoTerminal", "ctxtop", "ctxtop-backend"],
            swiftSettings: settings),
        .executableTarget(
            name: "websocket-testee", dependencies: ["WebSocketTransport", nioPosix],
            path: "Tests/conformance/websocket-testee", swiftSettings: settings),
        .testTarget(
            name: "PythonTests", dependencies: ["ctxtop"], exclude: ["python", "requirements.txt"],
            swiftSettings: settings),
        .testTarget(
            name: "ScreenTests", dependencies: ["CNcurses", "Screen", "Terminal"], swiftSettings: settings),
        .testTarget(name: "ArchitectureTests", swiftSettings: settings),
    ]
)
