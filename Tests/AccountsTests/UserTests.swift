// SPDX-License-Identifier: Apache-2.0
import Accounts
import Common
import Database
import TestSupport
import Testing

struct UserTests {
    let store = UserStore(WorkspaceID(1))

    @Test(arguments: TestEngine.allCases)
    func `a user is made, found by address and limited to entities`(_ engine: TestEngine) throws {
        let database = try engine.accounts()
        try database.writeBlocking { transaction in
            let entity = try EntityStore(WorkspaceID(1)).create(
                name: "Retail",
                by: context(),
                in: transaction
            )
            var user = try store.create(
                name: "Grace",
                email: " Grace@Example.org ",
                role: .author,
                by: context(),
                in: transaction
            )
            #expect(user.reaches(entity.id) && user.reaches(EntityID(99)))
            user.entities = [entity.id]
            user.role = .manager
            try store.update(user, by: context(), in: transaction)
            let found = try #require(
                try store.user(email: "grace@example.ORG", in: transaction)
            )
            #expect(found == user)
            #expect(found.reaches(entity.id) && !found.reaches(EntityID(99)))
            #expect(throws: AccountsError.entityInUse(entity.id)) {
                try EntityStore(WorkspaceID(1)).delete(entity.id, by: context(), in: transaction)
            }
            try store.delete(user.id, by: context(), in: transaction)
            #expect(try store.all(in: transaction).isEmpty)
            try EntityStore(WorkspaceID(1)).delete(entity.id, by: context(), in: transaction)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `an address is taken once in a workspace, ignoring case`(_ engine: TestEngine) throws {
        let database = try engine.accounts()
        try database.writeBlocking { transaction in
            _ = try add("a@example.org", .administrator, to: transaction)
            var second = try add("b@example.org", .viewer, to: transaction)
            #expect(throws: AccountsError.taken(field: "email")) {
                try add("A@example.org", .viewer, to: transaction)
            }
            second.email = "A@EXAMPLE.org"
            #expect(throws: AccountsError.taken(field: "email")) {
                try store.update(second, by: context(), in: transaction)
            }
            _ = try UserStore(WorkspaceID(2)).create(
                name: "A",
                email: "a@example.org",
                role: .viewer,
                by: context(WorkspaceID(2)),
                in: transaction
            )
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `the last active administrator stays`(_ engine: TestEngine) throws {
        let database = try engine.accounts()
        try database.writeBlocking { transaction in
            var first = try add("a@example.org", .administrator, to: transaction)
            var second = try add("b@example.org", .administrator, to: transaction)
            second.isActive = false
            try store.update(second, by: context(), in: transaction)
            first.role = .manager
            let refusal = AccountsError.lastAdministrator(first.id)
            #expect(throws: refusal) { try store.update(first, by: context(), in: transaction) }
            #expect(throws: refusal) {
                try store.delete(first.id, by: context(), in: transaction)
            }
            second.isActive = true
            try store.update(second, by: context(), in: transaction)
            try store.update(first, by: context(), in: transaction)
            #expect(try store.user(first.id, in: transaction).role == .manager)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a user of an unknown entity is refused and not kept`(_ engine: TestEngine) throws {
        let database = try engine.accounts()
        #expect(throws: AccountsError.noSuchEntity(EntityID(9))) {
            try database.writeBlocking {
                try store.create(
                    name: "A",
                    email: "a@example.org",
                    role: .author,
                    entities: [EntityID(9)],
                    by: context(),
                    in: $0
                )
            }
        }
        #expect(try database.readBlocking { try store.all(in: $0) }.isEmpty)
        #expect(throws: AccountsError.noSuchUser(UserID(1))) {
            try database.writeBlocking { try store.delete(UserID(1), by: context(), in: $0) }
        }
    }

    @Test(arguments: ["", "a", "@b", "a@", "a@b@c", "a b@c", "a\u{0}@b"])
    func `what is no address is refused`(_ email: String) throws {
        let database = try TestEngine.memory.accounts()
        #expect(throws: AccountsError.invalid(field: "email", rule: "an e-mail address")) {
            try database.writeBlocking { try add(email, .viewer, to: $0) }
        }
    }

    @Test(arguments: [
        (
            Role.administrator,
            [
                Permission.read, .writeOwnMessages, .seeAllMessages, .manage, .administer,
            ]
        ),
        (.manager, [.read, .writeOwnMessages, .seeAllMessages, .manage]),
        (.author, [.read, .writeOwnMessages]), (.viewer, [.read, .seeAllMessages]),
    ])
    func `a role includes its permissions and no other`(_ role: Role, _ expected: [Permission]) {
        #expect(Permission.allCases.filter(role.allows) == expected)
    }

    @discardableResult
    private func add(_ email: String, _ role: Role, to transaction: Transaction) throws -> User {
        try store.create(
            name: "Somebody",
            email: email,
            role: role,
            by: context(),
            in: transaction
        )
    }
}
