// SPDX-License-Identifier: Apache-2.0
import Common
import Foundation
import TestSupport
import Testing

/// Every place of every example and every parameter, with values that numbers, moments and texts of
/// some engine or library cannot hold.
@Suite struct HostileValueTests {
    @Test(arguments: TestEngine.lasting)
    func `no value in any place is a fault of the server`(_ engine: TestEngine) async throws {
        let folder = try TemporaryFolder()
        try await TestServer.with(engine) { server in
            let token = try await server.token()
            let client = Client(server, token)
            let ids = try await FuzzData(client, folder: folder.path).json(caller: [:])
            let report = try await Python.output(
                "hostile_values.py",
                [String(server.port), token, ids],
                package: "aiosmtpd"
            )
            #expect(report.hasSuffix("exit 0\n"), "on \(engine): \(report)")
        }
    }
}
