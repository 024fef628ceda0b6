// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import TestSupport
import Testing

@testable import Audience

struct DoNotContactTests {
    @Test(arguments: TestEngine.allCases)
    func `a ban holds for an address in any case and no other channel`(
        _ engine: TestEngine
    ) throws {
        let world = try World(engine)
        let store = DoNotContactStore(world.workspace)
        try world.database.writeBlocking { transaction in
            let context = world.context()
            #expect(
                try store.add(.email, " Ann@X.be ", reason: "asked", by: context, in: transaction)
            )
            #expect(
                try !store.add(.email, "ann@x.BE", reason: "again", by: context, in: transaction)
            )
            #expect(
                try store.add(.sms, "32470000001", reason: "STOP", by: context, in: transaction)
            )
            #expect(try store.contains(.email, "ANN@x.be", in: transaction))
            #expect(try !store.contains(.sms, "ann@x.be", in: transaction))
            #expect(try !store.contains(.email, "", in: transaction))
            let banned = try store.banned(
                ["Bob@x.be", "Ann@X.be", "ann@x.be", ""],
                .email,
                in: transaction
            )
            #expect(banned == ["Ann@X.be", "ann@x.be"])
            let page = try store.page(.email, limit: 10, in: transaction)
            #expect(page.map(\.address) == ["ann@x.be"] && page.map(\.reason) == ["asked"])
            #expect(try store.page(.email, after: "ann@x.be", limit: 10, in: transaction).isEmpty)
            #expect(try store.remove(.email, "ANN@x.be", in: transaction))
            #expect(try !store.remove(.email, "ann@x.be", in: transaction))
            #expect(try !store.contains(.email, "ann@x.be", in: transaction))
        }
        let blank = try audienceError {
            try world.database.writeBlocking { transaction in
                _ = try store.add(.email, " ", reason: "", by: world.context(), in: transaction)
            }
        }
        #expect(blank?.description == "address: an address is mandatory")
    }

    @Test(arguments: TestEngine.allCases)
    func `a ban outlives an erasure and can still be lifted`(_ engine: TestEngine) throws {
        let world = try World(engine)
        let store = DoNotContactStore(world.workspace)
        let ann = try world.create(["userId": "u1", "email": "Ann@x.be"])
        try world.database.writeBlocking { transaction in
            let context = world.context()
            _ = try store.add(.email, "ann@x.be", reason: "asked", by: context, in: transaction)
            let report = try Erasure(Dossier()).erase(
                ann.id,
                from: world.table,
                Collection(),
                by: context,
                in: transaction
            )
            #expect(
                report.left == ["a digest of the banned email address, until the ban is lifted"]
            )
            #expect(try store.contains(.email, "ANN@X.BE", in: transaction))
            #expect(
                try !store.add(.email, "ann@x.be", reason: "again", by: context, in: transaction)
            )
            #expect(try store.remove(.email, "ann@x.be", in: transaction))
            #expect(try !store.contains(.email, "ann@x.be", in: transaction))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a screen lets nobody pass who is banned, erased people neither`(
        _ engine: TestEngine
    ) throws {
        let world = try World(engine)
        let store = DoNotContactStore(world.workspace)
        let screen = try world.database.writeBlocking { transaction in
            let context = world.context()
            for (channel, address) in [
                (ContactChannel.email, "Ann@x.be"), (.email, "jürgen@x.be"), (.email, "gone@x.be"),
                (.sms, "32470000001"),
            ] {
                try store.add(channel, address, reason: "asked", by: context, in: transaction)
            }
            try store.forget(.email, "gone@x.be", in: transaction)
            return try #require(try BanScreen(world.workspace, .email, in: transaction))
        }
        for (address, isHeld) in [
            ("ann@X.be", true), ("Jürgen@x.be", true), (" JÜRGEN@x.be ", true), ("Gone@x.be", true),
            ("bob@x.be", false), ("32470000001", false), ("", false),
        ] {
            let hash = ContactChannel.email.hash(of: address)
            #expect(screen.holds(address, hash: hash) == isHeld, "\(address)")
        }
    }

    /// FIPS 180-4 examples; the last spans two blocks.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func `the digest is SHA-256`(_ text: String, _ expected: String) {
        #expect(AddressDigest.text(of: text) == "sha256:" + expected)
    }
}
