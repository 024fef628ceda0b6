// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import TestSupport
import Testing

@testable import Console

/// Guesses of passwords that come all at once.
struct SignInGateTests {
    @Test func `of many guesses at once only the free ones are looked at`() async throws {
        let time = ManualTime()
        let ground = try await ConsoleGround(.file, time: time)
        _ = try await ground.cookie(.manager)
        let statuses = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<30 {
                group.addTask { await ground.signIn("manager@example.org", "wrong").status }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses.filter { $0 == 422 }.count <= 5)
        #expect(statuses.allSatisfy { $0 == 422 || $0 == 429 })
    }

    @Test func `who signs in well is not counted among those who fail`() async throws {
        let time = ManualTime()
        let ground = try await ConsoleGround(.file, time: time)
        _ = try await ground.cookie(.manager)
        for _ in 0..<7 {
            let answer = await ground.signIn("manager@example.org", ConsoleGround.password)
            #expect(answer.status == 303)
        }
    }

    @Test func `few passwords are hashed at a time, and the others are asked to come again`()
        async throws
    {
        let ground = try await ConsoleGround(.file)
        let cookie = try await ground.cookie(.manager)
        let gate = ground.site.services.passwords
        try await fill(gate, PasswordGate.places) {
            let refused = await ground.signIn("manager@example.org", ConsoleGround.password)
            #expect(refused.status == 429)
            let change = try await ground.post(
                "/console/account/password",
                ["present": ConsoleGround.password, "password": "another long password"],
                by: cookie
            )
            #expect(change.status == 429)
        }
        let answer = await ground.signIn("manager@example.org", ConsoleGround.password)
        #expect(answer.status == 303)
    }

    /// Takes places of a gate while a closure runs.
    private func fill(
        _ gate: PasswordGate,
        _ places: Int,
        _ body: @Sendable () async throws -> Void
    ) async throws {
        guard places > 0 else { return try await body() }
        let isLet: Void? = try await gate.pass { try await fill(gate, places - 1, body) }
        #expect(isLet != nil)
    }
}
