// SPDX-License-Identifier: Apache-2.0
import Accounts
import Common
import Database
import Foundation
import TestSupport
import Testing

struct SecretTests {
    static let password = "correct horse é 😀"

    @Test(arguments: TestEngine.allCases)
    func `a secret comes back with the right key`(_ engine: TestEngine) throws {
        let database = try engine.accounts()
        let store = SecretStore(WorkspaceID(1), key: try key(1))
        try database.writeBlocking { transaction in
            #expect(try store.secret("relay", in: transaction) == nil)
            try store.set("relay", to: Secret("old"), by: context(), in: transaction)
            try store.set("relay", to: Secret(Self.password), by: context(), in: transaction)
            try store.set("empty", to: Secret(""), by: context(), in: transaction)
            let found = try store.secret("relay", in: transaction)
            #expect(found?.reveal() == Self.password)
            #expect(try store.secret("empty", in: transaction)?.reveal() == "")
            #expect(try store.names(in: transaction) == ["empty", "relay"])
            #expect(try store.remove("relay", by: context(), in: transaction))
            #expect(try !store.remove("relay", by: context(), in: transaction))
            #expect(try store.secret("relay", in: transaction) == nil)
            let log = try AuditLog(WorkspaceID(1)).entries(in: transaction)
            #expect(
                log.map(\.action) == ["secret.remove"] + Array(repeating: "secret.set", count: 3)
            )
            #expect(log.allSatisfy { $0.details.isEmpty })
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `another key, another place or other bytes give no secret`(_ engine: TestEngine) throws {
        let database = try engine.accounts()
        let store = SecretStore(WorkspaceID(1), key: try key(1))
        try database.writeBlocking { transaction in
            try store.set("relay", to: Secret(Self.password), by: context(), in: transaction)
            let wrong = SecretStore(WorkspaceID(1), key: try key(2))
            #expect(throws: AccountsError.otherKey(secret: "relay")) {
                try wrong.secret("relay", in: transaction)
            }
            let other = SecretStore(WorkspaceID(2), key: try key(1))
            #expect(try other.secret("relay", in: transaction) == nil)
            try transaction.execute(
                """
                INSERT INTO secret (workspace_id, name, key_name, sealed, changed_at)
                SELECT 2, name, key_name, sealed, changed_at FROM secret WHERE workspace_id = 1
                """
            )
            #expect(throws: AccountsError.damaged(secret: "relay")) {
                try other.secret("relay", in: transaction)
            }
            try flipLastBit(in: transaction)
            #expect(throws: AccountsError.damaged(secret: "relay")) {
                try store.secret("relay", in: transaction)
            }
        }
    }

    @Test func `the database file does not hold the secret`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("test.db")
        let database = try Database(
            .sqlite(path: path),
            migrations: AccountsSchema.migrations,
            time: ManualTime()
        )
        let store = SecretStore(WorkspaceID(1), key: try SecretKey(file: path + "-key"))
        try database.writeBlocking {
            try store.set("relay", to: Secret(Self.password), by: context(), in: $0)
        }
        try database.close()
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(bytes.range(of: Data("relay".utf8)) != nil)
        #expect(bytes.range(of: Data("horse".utf8)) == nil)
    }

    @Test func `a secret and a key never print`() throws {
        let secret = Secret(Self.password)
        let bytes = [UInt8](repeating: 171, count: 32)
        let key = try #require(SecretKey(bytes: bytes))
        var dumped = ""
        dump([secret], to: &dumped)
        dump([key], to: &dumped)
        let texts = [
            "\(secret)", String(reflecting: secret), String(describing: Optional(secret)), dumped,
            "\(key)", String(reflecting: key), "\(SecretStore(WorkspaceID(1), key: key))",
        ]
        for text in texts {
            #expect(!text.contains("horse") && !text.contains("171"))
            #expect(!text.lowercased().contains("abab"))
        }
    }

    @Test func `a key file is made once, for its owner alone`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("test.db-key")
        let first = try SecretKey(file: path)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(attributes[.size] as? Int == 32)
        #expect(try SecretKey(file: path).description == first.description)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["test.db-key"])
        #expect(try SecretKey(file: folder.path("other")).description != first.description)
    }

    @Test(arguments: [0o640, 0o604, 0o660, 0o777])
    func `a key file that others may read is refused in words`(_ mode: Int) throws {
        let folder = try TemporaryFolder()
        let path = folder.path("test.db-key")
        _ = try SecretKey(file: path)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        let error = #expect(throws: AccountsError.self) { try SecretKey(file: path) }
        #expect(error?.description.contains("chmod 600") == true)
    }

    @Test(arguments: [0, 31, 33])
    func `a key of another length is refused`(_ count: Int) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(String(repeating: "x", count: count), to: "test.db-key")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        #expect(throws: AccountsError.unusableKey(path: path, reason: "it does not hold 32 bytes"))
        {
            try SecretKey(file: path)
        }
        #expect(SecretKey(bytes: [UInt8](repeating: 1, count: count)) == nil)
    }

    private func key(_ seed: UInt8) throws -> SecretKey {
        try #require(SecretKey(bytes: [UInt8](repeating: seed, count: 32)))
    }

    private func flipLastBit(in transaction: Transaction) throws {
        var sealed: [UInt8] =
            try #require(
                try transaction.value("SELECT sealed FROM secret WHERE workspace_id = 1")
            )
        sealed[sealed.count - 1] ^= 1
        try transaction.execute(
            "UPDATE secret SET sealed = $1 WHERE workspace_id = 1",
            [sealed]
        )
    }
}
