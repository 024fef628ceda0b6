// SPDX-License-Identifier: Apache-2.0
import Accounts
import Common
import Database
import TestSupport
import Testing

/// Tokens that let programs act as users.
struct TokenTests {
    let store = TokenStore(WorkspaceID(1), randomness: SeededRandomness())
    let now = Instant(seconds: 1_000)

    private func user(
        _ role: Role = .manager,
        in transaction: Transaction
    ) throws -> User {
        try UserStore(WorkspaceID(1)).create(
            name: "Ada",
            email: "ada@example.org",
            role: role,
            by: context(),
            in: transaction
        )
    }

    @Test(arguments: TestEngine.dialects)
    func `a token is its user, with its scopes, and its text is nowhere`(
        _ engine: TestEngine
    ) throws {
        let database = try engine.accounts()
        try database.writeBlocking { transaction in
            let ada = try user(in: transaction)
            let made = try store.create(
                for: ada.id,
                name: "loader",
                scopes: [.read, .imports],
                by: context(),
                in: transaction
            )
            let text = made.text.reveal()
            let caller = try #require(
                try TokenStore.caller(showing: text, at: now, in: transaction)
            )
            #expect(caller.user == ada && caller.workspace == WorkspaceID(1))
            #expect(caller.may(.manage, .imports) && !caller.may(.manage, .exports))
            #expect(!caller.may(.administer, .imports))
            let row = try #require(
                try transaction.row(
                    "SELECT name, scopes, digest FROM access_token WHERE workspace_id = $1",
                    [WorkspaceID(1)]
                )
            )
            #expect(!"\(row.values)".contains(text.split(separator: "_")[3]))
            #expect(try store.all(in: transaction) == [made.token])
        }
    }

    @Test(arguments: TestEngine.dialects)
    func `a token that is wrong, expired or deleted is nobody`(_ engine: TestEngine) throws {
        let database = try engine.accounts()
        try database.writeBlocking { transaction in
            var ada = try user(in: transaction)
            _ = try UserStore(WorkspaceID(1)).create(
                name: "Root",
                email: "root@example.org",
                role: .administrator,
                by: context(),
                in: transaction
            )
            let made = try store.create(
                for: ada.id,
                name: "short",
                expiresAt: Instant(seconds: 2_000),
                by: context(),
                in: transaction
            )
            let text = made.text.reveal()
            func isKnown(_ text: String, at seconds: Int64 = 1_000) throws -> Bool {
                let moment = Instant(seconds: seconds)
                return try TokenStore.caller(showing: text, at: moment, in: transaction) != nil
            }
            #expect(try isKnown(text))
            #expect(try !isKnown(text, at: 2_000))
            #expect(try !isKnown(text.dropLast() + (text.hasSuffix("A") ? "B" : "A")))
            #expect(try !isKnown(text.replacing("mrt_1_", with: "mrt_2_")))
            for wrong in ["", "mrt", "mrt_1_1_", "mrt_x_1_abc", "Bearer", "mrt_1_99999_" + text] {
                #expect(try !isKnown(wrong))
            }
            ada.isActive = false
            try UserStore(WorkspaceID(1)).update(ada, by: context(), in: transaction)
            #expect(try !isKnown(text))
            ada.isActive = true
            try UserStore(WorkspaceID(1)).update(ada, by: context(), in: transaction)
            try store.delete(made.token.id, by: context(), in: transaction)
            #expect(try !isKnown(text))
            #expect(throws: AccountsError.noSuchToken(made.token.id)) {
                try store.delete(made.token.id, by: context(), in: transaction)
            }
        }
    }

    @Test(arguments: TestEngine.dialects)
    func `the tokens of a deleted user are gone`(_ engine: TestEngine) throws {
        let database = try engine.accounts()
        try database.writeBlocking { transaction in
            let ada = try user(in: transaction)
            _ = try store.create(for: ada.id, name: "x", by: context(), in: transaction)
            try UserStore(WorkspaceID(1)).delete(ada.id, by: context(), in: transaction)
            #expect(try store.all(in: transaction).isEmpty)
            #expect(throws: AccountsError.noSuchUser(ada.id)) {
                try store.create(for: ada.id, name: "x", by: context(), in: transaction)
            }
        }
    }
}
