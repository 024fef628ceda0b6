// SPDX-License-Identifier: Apache-2.0

/// Where the API listens, and what it puts up with.
public struct ServerOptions: Sendable {
    /// The address that it listens on; only this machine unless given.
    public var host = "127.0.0.1"
    /// The port; 0 for any that is free.
    public var port = 8080
    /// The file of the certificate chain, PEM; HTTP without TLS unless given.
    public var certificateFile: String?
    /// The file of the certificate's private key, PEM.
    public var keyFile: String?
    /// How many bytes a body may have; 8 MiB unless given.
    ///
    /// Uploads have a limit of their own.
    public var largestBody = 8 << 20
    /// How many bytes an uploaded file may have; 16 GiB unless given.
    public var largestUpload: Int64 = 16 << 30
    /// How many bytes all headers of a request may have; 32 KiB unless given.
    public var largestHeaders = 32 << 10
    /// How many seconds the headers of a request may take to come; 15 unless given.
    public var headerSeconds: Int64 = 15
    /// How many seconds a connection may be silent; 60 unless given.
    public var idleSeconds: Int64 = 60
    /// How many bytes a second a body must come with on the average, after 15 seconds; 1,024
    /// unless given.
    public var slowestBody: Int64 = 1_024
    /// How many connections may be open; 1,024 unless given.
    public var connections = 1_024
    /// How many requests a second a token may make, with bursts of ten times as many; 1,000 unless
    /// given, 0 for no limit.
    public var requestsPerSecond = 1_000.0

    /// The proxies whose word on who calls counts; nobody's unless given.
    public var proxies = ProxyList.none

    /// Options with their defaults.
    public init() {}
}
