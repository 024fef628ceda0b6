// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import TestSupport
import Testing

/// The API over TLS, with certificate files.
@Suite struct TLSTests {
    @Test func `with certificate files the API speaks TLS and nothing else`() async throws {
        let folder = try TemporaryFolder()
        let certificate = "\(folder.path)/certificate.pem"
        let key = "\(folder.path)/key.pem"
        let made = try await SystemProgram.runAside([
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
            "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
            "-keyout", key, "-out", certificate,
        ])
        #expect(made.code == 0)
        let files: (inout ServerOptions) -> Void = { options in
            options.certificateFile = certificate
            options.keyFile = key
        }
        try await TestServer.with(.memory, options: files) { server in
            let address = "//127.0.0.1:\(server.port)/healthz"
            let trusted = try await SystemProgram.runAside([
                "curl", "-sS", "--cacert", certificate, "https:" + address,
            ])
            #expect(trusted.code == 0 && trusted.output == "alive\n")
            let stranger = try await SystemProgram.runAside(["curl", "-sS", "https:" + address])
            #expect(stranger.code == 60)
            let plain = try await SystemProgram.runAside(["curl", "-sS", "http:" + address])
            #expect(plain.code != 0)
            let old = try await SystemProgram.runAside([
                "curl", "-sS", "--tls-max", "1.1", "--cacert", certificate, "https:" + address,
            ])
            #expect(old.code != 0)
        }
    }
}
