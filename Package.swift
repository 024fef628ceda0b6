// swift-tools-version:6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

// Rooms and who may import whom: ARCHITECTURE.md. Checked by the compiler
// (--explicit-target-dependency-import-check error) and by ArchitectureTests.

let package = Package(
    name: "millrace",
    products: [
        .executable(name: "millrace", targets: ["MillraceCommand"]),
        .executable(name: "millrace-bench", targets: ["MillraceBench"]),
    ],
    dependencies: [
        // Command line of the executables.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // SHA-256, HMAC, sealed secrets: Accounts, Files, Imports, Messaging, Exports.
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        // Logging interface: Tasks, Millrace.
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        // The SQLite engine: Database.
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        // Personalisation of messages: Messaging.
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        // The HTTP server: API. Without the reading of configuration, which is ours.
        .package(
            url: "https://github.com/hummingbird-project/hummingbird",
            from: "2.28.1",
            traits: ["FullFoundation"]
        ),
        // The server's buffers, time-outs and TLS: API.
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        // Signals and graceful shutdown: Millrace.
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // System libraries, found by pkg-config.
        .systemLibrary(
            name: "CArchive",
            pkgConfig: "libarchive",
            providers: [.apt(["libarchive-dev"])]
        ),
        .systemLibrary(
            name: "CGMime",
            pkgConfig: "gmime-3.0",
            providers: [.apt(["libgmime-3.0-dev"])]
        ),
        .systemLibrary(
            name: "CLibCurl",
            pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"])]
        ),
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        // curl_easy_setopt is variadic, which Swift cannot call.
        .target(name: "CCurlShim", dependencies: ["CLibCurl"]),

        // Rooms, in the order in which data flows.
        .target(name: "Common"),
        .target(name: "CSV"),
        .target(
            name: "Database",
            dependencies: [
                "Common", "CLibPQ", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]
        ),
        .target(
            name: "Accounts",
            dependencies: [
                "Common", "Database", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ]
        ),
        .target(
            name: "Files",
            dependencies: [
                "Common", "Database", "CArchive", "CZlib", "CLibCurl", "CCurlShim",
                .product(name: "Crypto", package: "swift-crypto"),
            ]
        ),
        .target(
            name: "Tasks",
            dependencies: ["Common", "Database", .product(name: "Logging", package: "swift-log")]
        ),
        .target(name: "Audience", dependencies: ["Common", "Database", "Tasks"]),
        .target(
            name: "Imports",
            dependencies: [
                "Common", "CSV", "Database", "Files", "Tasks", "Audience",
                .product(name: "Crypto", package: "swift-crypto"),
            ]
        ),
        .target(
            name: "Messaging",
            dependencies: [
                "Common", "CGMime", "CLibCurl", "CCurlShim",
                .product(name: "Crypto", package: "swift-crypto"),
                // RSA, for DKIM.
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "Mustache", package: "swift-mustache"),
            ]
        ),
        .target(
            name: "Campaigns",
            dependencies: [
                "Common", "CSV", "Database", "Files", "Tasks", "Audience", "Messaging",
            ]
        ),
        .target(
            name: "Exports",
            dependencies: [
                "Common", "CSV", "Database", "Files", "Tasks", "Audience", "Campaigns",
                .product(name: "Crypto", package: "swift-crypto"),
            ]
        ),
        .target(
            name: "API",
            dependencies: [
                "Common", "Database", "Accounts", "Files", "Tasks", "Audience", "Imports",
                "Messaging", "Campaigns", "Exports",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .target(
            name: "Console",
            dependencies: [
                "API", "Common", "Database", "Accounts", "Files", "Tasks", "Audience", "Imports",
                "Messaging", "Campaigns", "Exports",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Mustache", package: "swift-mustache"),
            ]
        ),
        .target(
            name: "Millrace",
            dependencies: [
                "API", "Console",
                "Common", "CSV", "Database", "Accounts", "Files", "Tasks", "Audience", "Imports",
                "Messaging", "Campaigns", "Exports",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]
        ),
        .executableTarget(
            name: "MillraceCommand",
            dependencies: [
                "Accounts", "API", "Audience", "Campaigns", "Common", "CSV", "Database", "Exports",
                "Files", "Imports", "Messaging", "Millrace", "Tasks",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .executableTarget(
            name: "MillraceBench",
            dependencies: [
                "API", "Accounts", "Audience", "Campaigns", "Common", "Database", "Exports",
                "Files", "Imports", "Messaging", "Millrace", "Tasks",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]
        ),
        .target(name: "TestSupport", dependencies: ["Common", "CLibPQ", "Database", "Tasks"]),

        .testTarget(
            name: "AccountsTests",
            dependencies: ["Accounts", "Common", "Database", "TestSupport"]
        ),
        .testTarget(
            name: "APITests",
            dependencies: [
                "Accounts", "API", "Audience", "Campaigns", "Common", "Database", "Exports",
                "Files", "Imports", "Messaging", "Millrace", "Tasks", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .testTarget(name: "ArchitectureTests"),
        .testTarget(
            name: "AudienceTests",
            dependencies: [
                "Common", "Database", "Tasks", "Audience", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .testTarget(
            name: "CampaignsTests",
            dependencies: [
                "Audience", "Campaigns", "Common", "Database", "Files", "Messaging", "Tasks",
                "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .testTarget(
            name: "ConsoleTests",
            dependencies: [
                "Accounts", "API", "Audience", "Campaigns", "Common", "Console", "Database",
                "Exports", "Files", "Imports", "Messaging", "Millrace", "Tasks", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .testTarget(name: "CommonTests", dependencies: ["Common", "TestSupport"]),
        .testTarget(name: "CSVTests", dependencies: ["CSV"]),
        .testTarget(name: "DatabaseTests", dependencies: ["Common", "Database", "TestSupport"]),
        .testTarget(
            name: "ExportsTests",
            dependencies: [
                "Audience", "Campaigns", "Common", "CSV", "Database", "Exports", "Files", "Tasks",
                "TestSupport",
            ],
            exclude: ["Fixtures"]
        ),
        .testTarget(
            name: "FilesTests",
            dependencies: ["Common", "Database", "Files", "TestSupport"]
        ),
        .testTarget(
            name: "ImportsTests",
            dependencies: [
                "Audience", "Common", "CSV", "Database", "Files", "Imports", "Tasks", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .testTarget(
            name: "MessagingTests",
            dependencies: ["Common", "Messaging", "TestSupport"],
            exclude: ["Golden"]
        ),
        .testTarget(
            name: "MillraceTests",
            dependencies: [
                "Accounts", "Audience", "Campaigns", "Common", "CSV", "Database", "Exports",
                "Files", "Imports", "Messaging", "Millrace", "MillraceCommand", "Tasks",
                "TestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            exclude: ["Golden"]
        ),
        .testTarget(name: "SamplesTests", dependencies: ["Common", "CSV", "Messaging"]),
        .testTarget(
            name: "TasksTests",
            dependencies: [
                "Common", "Database", "Tasks", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
    ]
)

// Every target of ours is held to the same rules; reasons in CONTRIBUTING.md.
for target in package.targets
where ![.system, .plugin].contains(target.type) && target.name != "CCurlShim" {
    target.swiftSettings = [
        .swiftLanguageMode(.v6),
        .treatAllWarnings(as: .error),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InferIsolatedConformances"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ]
}
