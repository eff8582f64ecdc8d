// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "ctxtop",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "PatternDetection", targets: ["PatternDetection"])
    ],
    targets: [
        .target(name: "PatternDetection", swiftSettings: settings),
        .target(name: "WireProtocol", dependencies: ["PatternDetection"], swiftSettings: settings),
        .testTarget(
            name: "PatternDetectionTests", dependencies: ["PatternDetection"], swiftSettings: settings),
        .testTarget(
            name: "WireProtocolTests", dependencies: ["WireProtocol", "PatternDetection"],
            swiftSettings: settings),
        .testTarget(name: "ArchitectureTests", swiftSettings: settings),
    ]
)
