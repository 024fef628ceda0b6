// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL

/// Takes requests at an address within the limits of its options.
struct HTTPListener<Responder: HTTPResponder>: Sendable where Responder.Context == APIContext {
    let responder: Responder
    let options: ServerOptions
    let logger: Logger

    /// Serves until the task group shuts down gracefully.
    func run(onServing: @escaping @Sendable (Int) -> Void) async throws {
        let application = Application(
            responder: responder,
            server: try builder(),
            configuration: ApplicationConfiguration(
                address: .hostname(options.host, port: options.port),
                availableConnectionsDelegate: MaximumAvailableConnections(options.connections)
            ),
            onServerRunning: { channel in onServing(channel.localAddress?.port ?? 0) },
            logger: logger
        )
        try await application.run()
    }

    private func builder() throws -> HTTPServerBuilder {
        let plain = HTTPServerBuilder.http1(
            configuration: HTTP1Channel.Configuration(
                additionalChannelHandlers: [RequestDeadline(options)],
                idleTimeout: .seconds(options.idleSeconds),
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: options.largestHeaders,
                    maxHeaderListSize: options.largestHeaders,
                    maxHeaderFieldCount: 100
                )
            )
        )
        guard let certificate = options.certificateFile, let key = options.keyFile else {
            return plain
        }
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(certificate)
                .map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem))
        )
        tls.minimumTLSVersion = .tlsv12
        return try .tls(plain, tlsConfiguration: tls)
    }
}
