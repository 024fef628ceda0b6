// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Dispatch
import Foundation
import TestSupport
import Testing

/// The API over TLS, with certificate files.
@Suite struct TLSTests {
    @Test func `with certificate files the API speaks TLS and nothing else`() async throws {
        let folder = try TemporaryFolder()
        let certificate = "\(folder.path)/certificate.pem"
        let key = "\(folder.path)/key.pem"
        let made = try await Program.run(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                "-keyout", key, "-out", certificate,
            ]
        )
        #expect(made.code == 0)
        let files: (inout ServerOptions) -> Void = { options in
            options.certificateFile = certificate
            options.keyFile = key
        }
        try await TestServer.with(.memory, options: files) { server in
            let address = "//127.0.0.1:\(server.port)/healthz"
            let trusted = try await Program.run(
                "/usr/bin/curl",
                ["-sS", "--cacert", certificate, "https:" + address]
            )
            #expect(trusted.code == 0 && trusted.output == "alive\n")
            let stranger = try await Program.run("/usr/bin/curl", ["-sS", "https:" + address])
            #expect(stranger.code == 60)
            let plain = try await Program.run("/usr/bin/curl", ["-sS", "http:" + address])
            #expect(plain.code != 0)
            let old = try await Program.run(
                "/usr/bin/curl",
                ["-sS", "--tls-max", "1.1", "--cacert", certificate, "https:" + address]
            )
            #expect(old.code != 0)
        }
    }
}

/// A program of the system, run on a thread of its own.
private enum Program {
    static func run(
        _ path: String,
        _ arguments: [String]
    ) async throws -> (code: Int32, output: String) {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Result { try ended(path, arguments) })
            }
        }
    }

    private static func ended(
        _ path: String,
        _ arguments: [String]
    ) throws -> (code: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }
}
