// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import TestSupport
import Testing

struct ProfileStoreTests {
    @Test(arguments: TestEngine.allCases)
    func `a profile comes back with its values in their types`(_ engine: TestEngine) throws {
        let world = try World(engine)
        let made = try world.create([
            "user_id": "u1", "email": "Ann@EXAMPLE.com", "msisdn": "+32 470 12 34 56",
            "points": "12", "weight": "60.5", "born": "1990-02-03",
            "seenAt": "2026-01-01T10:00:00+01:00", "tags": "a, b", "sizes": "1,2",
            "note": " as typed ", "emailEnabled": "no",
        ])
        let profile = try #require(try world.profile(made.id))
        #expect(profile == made)
        #expect(profile.businessKey == "u1")
        #expect(profile.text(.emailAddress) == "Ann@example.com")
        #expect(profile.text(.mobileNumber) == "32470123456")
        #expect(try profile.value(named: "POINTS") == .integer(12))
        #expect(try profile.value(named: "weight") == .double(60.5))
        #expect(
            try profile.value(named: "born") == .day(Day(iso8601: "1990-02-03") ?? Day(number: 0))
        )
        #expect(profile.text(.birthDate) == "1990-02-03")
        #expect(try profile.value(named: "note") == .text(" as typed "))
        #expect(try profile.value(named: "firstName") == .null)
        let texts = ["seenAt": "2026-01-01T09:00:00Z", "tags": "a,b", "sizes": "1,2"]
        for (name, text) in texts {
            let attribute = try #require(world.table.attribute(named: name))
            #expect(profile.text(attribute) == text)
        }
        #expect(!profile.isPermitted(.emailEnabled))
        #expect(profile.isPermitted(.smsEnabled) && profile.isPermitted(.pushEnabled))
        #expect(!profile.isPermitted(.marketingConsent))
        #expect(profile.createdAt == profile.updatedAt)
        #expect(profile.createdStamp == profile.updatedStamp)
        #expect(throws: AudienceError.noSuchAttribute("nope", table: "profiles")) {
            try profile.value(named: "nope")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `several profiles are read at once, without those that are not there`(
        _ engine: TestEngine
    ) throws {
        let world = try World(engine)
        let made = try ["u1", "u2", "u3"].map { try world.create(["userId": $0]) }
        let wanted: Set = [made[2].id, ProfileID(99), made[0].id]
        let found = try world.database.readBlocking { try world.store.profiles(wanted, in: $0) }
        #expect(found == [made[0], made[2]])
        #expect(try world.database.readBlocking { try world.store.profiles([], in: $0) }.isEmpty)
    }

    @Test(arguments: TestEngine.allCases)
    func `a change touches the update moment and what changes nothing does not`(
        _ engine: TestEngine
    ) throws {
        let world = try World(engine)
        let made = try world.create(["userId": "u1", "firstName": "Ann", "marketingConsent": "1"])
        world.time.advance(by: .minutes(1))
        let same = try world.update(made.id, ["firstName": " Ann ", "marketingConsent": "yes"])
        #expect(same.outcome == .unchanged)
        #expect(same.profile == made)
        #expect(try world.rows("SELECT id FROM consent_change").count == 1)
        let changed = try world.update(made.id, ["firstName": "Anna", "lastName": "B"])
        #expect(changed.outcome == .updated)
        #expect(changed.profile.updatedAt == world.time.now())
        #expect(changed.profile.createdAt == made.createdAt)
        #expect(changed.profile.updatedStamp > made.updatedStamp)
        #expect(changed.profile.createdStamp == made.createdStamp)
        let emptied = try world.update(made.id, ["first_name": ""])
        #expect(emptied.profile.text(.firstName) == nil)
        #expect(emptied.profile.text(.lastName) == "B")
    }

    @Test(arguments: TestEngine.allCases)
    func `each change of consent leaves a record`(_ engine: TestEngine) throws {
        let world = try World(engine)
        let made = try world.create(["userId": "u1"])
        #expect(try world.rows("SELECT id FROM consent_change").isEmpty)
        for text in ["1", "0", "0", ""] {
            try world.database.writeBlocking { transaction in
                _ = try world.store.update(
                    made.id,
                    values: ["marketingConsent": text],
                    collection: Collection(source: "shop", way: "form", moment: world.time.now()),
                    by: world.context(.form),
                    in: transaction
                )
            }
        }
        let records = try world.rows(
            """
            SELECT consent_value, collection_source, collection_way, collection_moment,
                change_source, profile_id
            FROM consent_change ORDER BY id
            """
        )
        #expect(records.map(\.[0]) == [.integer(1), .integer(0), .null])
        let moment = SQLValue.integer(world.time.now().microseconds)
        for record in records {
            #expect(
                Array(record[1...]) == [
                    .text("shop"), .text("form"), moment, .text("form"), .integer(made.id.value),
                ]
            )
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `what does not fit is refused by name and writes nothing`(_ engine: TestEngine) throws {
        let world = try World(engine)
        let made = try world.create(["userId": "u1", "card": "c1"])
        let other = try world.create(["userId": "u2", "card": "c2"])
        let cases: [([String: String], String, ValueProblem.Code)] = [
            (["points": "many"], "points", .notAnInteger), (["card": "c1"], "card", .uniqueTaken),
            (["firstName": "a\0b"], "firstName", .nulCharacter),
            (["userId": "u3"], "userId", .businessKeyIsSet),
            (["userId": ""], "userId", .businessKeyIsSet),
        ]
        for (values, name, code) in cases {
            let error = try audienceError { try world.update(other.id, values) }
            guard case .badValue(name, let problem) = error else {
                Issue.record("\(values): \(String(describing: error))")
                continue
            }
            #expect(problem.code == code)
        }
        #expect(try world.profile(other.id) == other)
        let taken = try audienceError { try world.create(["userId": "u1"]) }
        guard case .badValue("userId", let problem) = taken else {
            Issue.record("\(String(describing: taken))")
            return
        }
        #expect(problem.code == .uniqueTaken)
        let twice = try audienceError {
            try world.update(made.id, ["email": "a@b.be", "emailAddress": "a@b.be"])
        }
        #expect(twice == .givenTwice("emailAddress"))
        let unknown = try audienceError { try world.update(made.id, ["profileId": "9"]) }
        #expect(unknown == .noSuchAttribute("profileId", table: "profiles"))
        let nobody = try audienceError { try world.update(ProfileID(99), ["points": "1"]) }
        #expect(nobody == .noSuchProfile("99"))
    }

    @Test(arguments: TestEngine.allCases)
    func `a mandatory attribute is asked for at creation and cannot be emptied`(
        _ engine: TestEngine
    ) throws {
        let world = try World(
            engine,
            extra: [NewAttribute("country", .string, isMandatory: true)]
        )
        let missing = try audienceError { try world.create(["userId": "u1"]) }
        #expect(missing?.description.contains("country is mandatory") == true)
        let made = try world.create(["userId": "u1", "country": "BE"])
        try world.update(made.id, ["firstName": "Ann"])
        let emptied = try audienceError { try world.update(made.id, ["country": " "]) }
        #expect(emptied?.description.contains("country is mandatory") == true)
    }

    @Test(arguments: TestEngine.allCases)
    func `a profile is found by a value, and several are ambiguous`(_ engine: TestEngine) throws {
        let world = try World(engine)
        let first = try world.create(["userId": "u1", "email": "a@x.be", "msisdn": "32470000001"])
        try world.create(["userId": "u2", "email": "both@x.be"])
        try world.create(["userId": "u3", "email": "both@x.be"])
        try world.database.readBlocking { (connection) throws -> Void in
            let store = world.store
            #expect(
                try store.find(attribute: "email", value: " a@X.BE ", in: connection) == first
            )
            #expect(
                try store.find(attribute: "msisdn", value: "+32470000001", in: connection) == first
            )
            #expect(try store.find(attribute: "userId", value: "u9", in: connection) == nil)
            #expect(try store.find(attribute: "userId", value: " ", in: connection) == nil)
            #expect(throws: AudienceError.ambiguous(attribute: "emailAddress")) {
                try store.find(attribute: "email", value: "both@x.be", in: connection)
            }
            #expect(throws: AudienceError.noSuchAttribute("x", table: "profiles")) {
                try store.find(attribute: "x", value: "1", in: connection)
            }
        }
    }

    @Test(arguments: TestEngine.dialects)
    func `pages walk over all profiles once`(_ engine: TestEngine) throws {
        let world = try World(engine)
        for number in 1...7 { try world.create(["userId": "u\(number)"]) }
        var seen: [ProfileID] = []
        while true {
            let page = try world.database.readBlocking {
                try world.store.page(after: seen.last, limit: 3, in: $0)
            }
            guard !page.isEmpty else { break }
            seen += page.map(\.id)
        }
        #expect(seen == (1...7).map { ProfileID($0) })
    }

    @Test(arguments: TestEngine.dialects)
    func `an unknown language is left out with a warning`(_ engine: TestEngine) throws {
        let world = try World(engine)
        let made = try world.create(["userId": "u1", "language": "fr"])
        let change = try world.update(made.id, ["language": "klingon", "firstName": "Ann"])
        #expect(change.warnings.map(\.attribute) == ["language"])
        #expect(change.warnings.map(\.warning) == [.unknownLanguage])
        #expect(change.profile.text(.language) == "fr")
    }

    @Test(arguments: TestEngine.allCases)
    func `recency moments go forward only and never stamp the profile`(
        _ engine: TestEngine
    ) throws {
        let world = try World(engine)
        let ids = try (1...1_300).map { try world.create(["userId": "u\($0)"]).id }
        let before = try world.profile(ids[0])
        let sent = world.time.now()
        try world.database.writeBlocking { transaction in
            let store = RecencyStore(world.table)
            try store.touch(
                .lastEmailSentMoment,
                of: ids + ids + [ProfileID(9_999)],
                at: sent,
                in: transaction
            )
            try store.touch(
                .lastEmailSentMoment,
                of: [ids[1]],
                at: sent - .days(1),
                in: transaction
            )
            try store.touch(
                .lastEmailOpenMoment,
                of: [ids[0]],
                at: sent + .minutes(1),
                in: transaction
            )
        }
        try world.database.readBlocking { (connection) throws -> Void in
            let store = RecencyStore(world.table)
            #expect(
                try store.moments(of: ids[0], in: connection)
                    == [.lastEmailSentMoment: sent, .lastEmailOpenMoment: sent + .minutes(1)]
            )
            for id in ids.dropFirst() {
                #expect(try store.moments(of: id, in: connection) == [.lastEmailSentMoment: sent])
            }
            #expect(try store.moments(of: ProfileID(9_999), in: connection).isEmpty)
        }
        #expect(try world.profile(ids[0]) == before)
    }
}
