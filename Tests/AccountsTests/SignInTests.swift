// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import TestSupport
import Testing

@testable import Accounts

/// Passwords, sessions and links.
struct SignInTests {
    @Test func `a password is found by its hash and no other is`() throws {
        let hash = try PasswordHash(Secret("correct horse battery"), randomness: SeededRandomness())
        #expect(hash.text.hasPrefix("scrypt$32768$8$3$"))
        #expect(hash.matches(Secret("correct horse battery")))
        #expect(!hash.matches(Secret("correct horse batterx")))
        #expect(!PasswordHash(stored: "scrypt$1$2").matches(Secret("x")))
    }

    @Test func `two hashes of one password differ`() throws {
        let chance = SeededRandomness()
        let first = try PasswordHash(Secret("correct horse battery"), randomness: chance)
        let second = try PasswordHash(Secret("correct horse battery"), randomness: chance)
        #expect(first.text != second.text)
    }

    @Test(arguments: ["short", String(repeating: "x", count: 201)])
    func `a password of the wrong length is refused`(text: String) {
        #expect(throws: AccountsError.self) { try NewPassword(Secret(text)) }
    }

    @Test
    func `the fifth failure and those behind it make the next one wait, for longer each time`() {
        let start = Instant(seconds: 1_000)
        var failures = Failures(last: start)
        for _ in 0..<4 { failures.add(at: start) }
        #expect(failures.secondsToWait(at: start) == nil)
        failures.add(at: start)
        #expect(failures.secondsToWait(at: start) == 2)
        failures.add(at: start)
        #expect(failures.secondsToWait(at: start) == 4)
        for _ in 0..<40 { failures.add(at: start) }
        #expect(failures.secondsToWait(at: start) == 900)
        #expect(failures.secondsToWait(at: start + .hours(2)) == nil)
    }

    @Test(arguments: TestEngine.dialects)
    func `a session lives until it is idle, old or ended`(engine: TestEngine) throws {
        let database = try engine.open(migrations: AccountsSchema.migrations)
        try database.writeBlocking { transaction in
            let (workspace, user, context) = try Self.ground(transaction)
            let store = SessionStore(workspace)
            let text = try store.start(for: user.id, by: context, in: transaction).reveal()
            func session(_ later: Span) throws -> BrowserSession? {
                try SessionStore.session(
                    showing: text,
                    at: context.moment + later,
                    in: transaction
                )
            }
            let found = try #require(try session(.hours(1)))
            #expect(found.user.id == user.id)
            #expect(found.accepts(formToken: found.formToken))
            #expect(!found.accepts(formToken: text))
            #expect(try session(.hours(12)) == nil)
            try store.touch(found.id, at: context.moment + .hours(11), in: transaction)
            #expect(try session(.hours(13)) != nil)
            try store.touch(found.id, at: context.moment + .days(7), in: transaction)
            #expect(try session(.days(7)) == nil)
            #expect(
                try SessionStore.session(showing: text + "x", at: context.moment, in: transaction)
                    == nil
            )
            try store.end(found, by: context, in: transaction)
            #expect(try session(.hours(1)) == nil)
        }
    }

    @Test(arguments: TestEngine.dialects)
    func `a new password ends all sessions, and a user who may not sign in has none`(
        engine: TestEngine
    ) throws {
        let database = try engine.open(migrations: AccountsSchema.migrations)
        let password = try NewPassword(Secret("correct horse battery"))
        try database.writeBlocking { transaction in
            let (workspace, made, context) = try Self.ground(transaction)
            var user = made
            let store = SessionStore(workspace)
            let first = try store.start(for: user.id, by: context, in: transaction).reveal()
            #expect(try !PasswordStore(workspace).hasAny(in: transaction))
            try PasswordStore(workspace).set(password, of: user.id, by: context, in: transaction)
            func session(_ text: String) throws -> BrowserSession? {
                try SessionStore.session(showing: text, at: context.moment, in: transaction)
            }
            #expect(try session(first) == nil)
            let candidates = try SignIn.candidates("ADA@example.org", in: transaction)
            #expect(candidates.map(\.user.id) == [user.id])
            #expect(candidates.allSatisfy { $0.accepts(Secret("correct horse battery")) })
            let second = try store.start(for: user.id, by: context, in: transaction).reveal()
            #expect(try session(second) != nil)
            user.isActive = false
            let other = try UserStore(workspace).create(
                name: "Root",
                email: "root@example.org",
                role: .administrator,
                by: context,
                in: transaction
            )
            #expect(other.isActive)
            try UserStore(workspace).update(user, by: context, in: transaction)
            #expect(try session(second) == nil)
            #expect(try SignIn.candidates("ada@example.org", in: transaction).isEmpty)
        }
    }

    @Test(arguments: TestEngine.dialects)
    func `a link works once, and that of the first administrator while nobody can sign in`(
        engine: TestEngine
    ) throws {
        let database = try engine.open(migrations: AccountsSchema.migrations)
        let password = try NewPassword(Secret("correct horse battery"))
        try database.writeBlocking { transaction in
            let (workspace, user, context) = try Self.ground(transaction)
            let store = SignInLinkStore(workspace)
            let open = try store.create(for: nil, by: context, in: transaction).reveal()
            let own = try store.create(for: user.id, by: context, in: transaction).reveal()
            func link(_ text: String, _ later: Span = .zero) throws -> SignInLink? {
                try SignInLinkStore.link(showing: text, at: context.moment + later, in: transaction)
            }
            #expect(try link(open)?.user == nil)
            #expect(try link(open) != nil)
            #expect(try link(open, .days(3)) == nil)
            let found = try #require(try link(own))
            #expect(found.user?.id == user.id)
            try PasswordStore(workspace).set(password, of: user.id, by: context, in: transaction)
            #expect(try link(open) == nil)
            #expect(try store.use(found, in: transaction))
            #expect(try !store.use(found, in: transaction))
            #expect(try link(own) == nil)
        }
    }

    @Test func `attempts at once count before the first has failed`() {
        let throttle = SignInThrottle()
        let now = Instant(seconds: 1_000)
        let keys = ["account a", "address b"]
        let waits = (0..<20).map { _ in throttle.attempt(keys, at: now) }
        #expect(waits == Array(repeating: nil, count: 5) + Array(repeating: 2, count: 15))
        #expect(throttle.attempt(["address c"], at: now) == nil)
        #expect(throttle.attempt(keys, at: now + .seconds(2)) == nil)
    }

    @Test func `an attempt that is taken back does not count`() {
        let throttle = SignInThrottle()
        let now = Instant(seconds: 1_000)
        for _ in 0..<50 {
            #expect(throttle.attempt(["address b"], at: now) == nil)
            throttle.takeBack(["address b"])
        }
    }

    private static func ground(
        _ transaction: Transaction
    ) throws -> (WorkspaceID, User, Context) {
        var context = Context(
            workspace: WorkspaceID(0),
            actor: "test",
            source: .manualEdit,
            moment: transaction.moment
        )
        let workspace = try WorkspaceStore()
            .create(name: "W", technicalName: "w", by: context, in: transaction)
        context.workspace = workspace.id
        let user = try UserStore(workspace.id).create(
            name: "Ada",
            email: "ada@example.org",
            role: .manager,
            by: context,
            in: transaction
        )
        return (workspace.id, user, context)
    }
}
