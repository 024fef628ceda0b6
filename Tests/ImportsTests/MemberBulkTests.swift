// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Imports
import Tasks
import TestSupport
import Testing

@Suite struct MemberBulkTests {
    @Test(arguments: TestEngine.allCases)
    func `a create makes new members and updates known ones by e-mail or number`(
        _ engine: TestEngine
    ) async throws {
        let harness = try BulkHarness(engine)
        let first = try await harness.run(
            """
            {"import_id":"spring","request_number":3,"members":[
             {"properties":{"email":"ann@A.example","first_name":"Ann","tags":["x","y,z"],
              "points":12,"marketingConsent":true},"email_enabled":false},
             {"properties":{"msisdn":"0470 12 34 56","firstName":"Bob"}}]}
            """
        )
        #expect(first.status == .finished)
        #expect(first.counts == [2, 0, 0, 0])
        #expect(first.importID == "spring")
        #expect(first.requestNumber == 3)
        #expect(try first.verdicts == [])
        let second = try await harness.run(
            """
            {"members":[{"properties":{"email":"ann@a.example","firstName":"Anna"}},
             {"properties":{"msisdn":"+32470123456","lastName":"Bee","email":"bob@b.example"}},
             {"properties":{"email":"ann@a.example"}}]}
            """
        )
        #expect(second.counts == [0, 2, 1, 0])
        let profiles = try harness.profiles()
        #expect(profiles.count == 2)
        #expect(profiles[0]["firstName"] == "Anna")
        #expect(profiles[0]["emailEnabled"] == "false")
        #expect(profiles[0]["smsEnabled"] == "true")
        #expect(profiles[0]["tags"] == "x,y,z")
        #expect(profiles[0]["points"] == "12")
        #expect(profiles[0]["userId"] == nil)
        #expect(profiles[1]["emailAddress"] == "bob@b.example")
        #expect(profiles[1]["gsmNumber"] == "32470123456")
        let task = try harness.task(first.task)
        #expect(task.status == .completed)
        let ledger: BulkBreakdown? = try task.result()
        #expect(ledger?.closes == true)
        #expect(ledger?.lines.map(\.count) == [2, 2, 0, 0, 0])
        #expect(task.info == "spring, request 3")
    }

    @Test(arguments: TestEngine.allCases, MemberIdentifierType.allCases)
    func `an update changes only what is present and refuses unknown members`(
        _ engine: TestEngine,
        type: MemberIdentifierType
    ) async throws {
        let harness = try BulkHarness(engine)
        try await harness.run(
            """
            {"members":[{"properties":{"userId":"u1","email":"a@a.example","msisdn":"3247000001",
             "firstName":"Ann","points":5}}]}
            """
        )
        let known = [
            "id": #""id":1,"properties":{"firstName":null}"#,
            "email": #""properties":{"email":"a@a.example","firstName":null}"#,
            "msisdn": #""properties":{"msisdn":"+3247000001","firstName":null}"#,
        ]
        let unknown = [
            "id": #""id":99"#, "email": #""properties":{"email":"x@a.example"}"#,
            "msisdn": #""properties":{"msisdn":"3247000009"}"#,
        ]
        let bulk = try await harness.run(
            """
            {"operation":"update","member_identifier_type":"\(type.rawValue)","members":[
             {\(known[type.rawValue] ?? "")},{\(unknown[type.rawValue] ?? "")},{"properties":{}}]}
            """
        )
        #expect(bulk.counts == [0, 1, 0, 2])
        let label = ["id": "99", "email": "x@a.example", "msisdn": "3247000009"]
        #expect(
            try bulk.verdicts == [
                "#2: missingIdentifier", "\(label[type.rawValue] ?? ""): unknownProfile",
            ]
        )
        let profile = try #require(try harness.profiles().first)
        #expect(profile["firstName"] == nil)
        #expect(profile["points"] == "5")
        #expect(profile["smsEnabled"] == "true")
        #expect(try harness.task(bulk.task).status == .error)
    }

    @Test(arguments: TestEngine.allCases)
    func `each wrong member says what is wrong and the others are saved`(
        _ engine: TestEngine
    ) async throws {
        let harness = try BulkHarness(engine)
        try await harness.run(
            """
            {"members":[{"properties":{"userId":"u1","email":"a@a.example"}},
             {"properties":{"userId":"u2","msisdn":"3247000002"}}]}
            """
        )
        let bulk = try await harness.run(
            """
            {"members":[7,{},{"properties":{"firstName":"No"}},
             {"properties":{"email":"b@b.example","points":"many"}},
             {"properties":{"email":"c@c.example","height":{"cm":[1]}}},
             {"properties":{"email":"d@d.example","emailAddress":"e@d.example"}},
             {"properties":{"email":"e@e.example","firstName":["E"]}},
             {"properties":{"email":"a@a.example","msisdn":"3247000002"}},
             {"properties":{"email":"f@f.example","userId":"u1"}},
             {"properties":{"email":"g@g.example"},"colour":1},
             {"properties":{"email":"h@h.example"},"consents":{"unheard":{"status":true}}},
             {"properties":{"email":"i@i.example"},"consents":{"newsletter":{"status":1}}},
             {"properties":{"email":"j@j.example","firstName":"J\\u0000"}},
             {"properties":{"email":"k@k.example"},"sms_enabled":"maybe"},
             {"properties":{"email":"l@l.example","tags":["a",["b"]]}},
             {"properties":{"msisdn":"12"}},
             {"properties":[]},
             {"properties":{"email":"a@a.example","userId":"u9"}},
             {"properties":{"email":"z@z.example","firstName":"Z\\u00e9"}}]}
            """
        )
        #expect(
            try bulk.verdicts == [
                "#0: notAnObject", "#15: notAMobileNumber msisdn 12",
                "#16: wrongType properties []", "#1: missingIdentifier", "#2: missingIdentifier",
                "a@a.example: ambiguous", "a@a.example: businessKeyIsSet userId u9",
                "b@b.example: notAnInteger points many",
                #"c@c.example: unknownProperty height {"cm":[1]}"#,
                "d@d.example: givenTwice emailAddress",
                #"e@e.example: wrongType firstName ["E"]"#,
                "f@f.example: uniqueTaken userId u1", "g@g.example: unknownKey colour",
                #"h@h.example: unknownList consents.unheard {"status":true}"#,
                "i@i.example: wrongType consents.newsletter.status 1",
                "j@j.example: nulCharacter firstName J\u{0}",
                "k@k.example: notABoolean sms_enabled maybe",
                #"l@l.example: wrongType tags ["b"]"#,
            ]
        )
        #expect(bulk.counts == [1, 0, 0, 18])
        #expect(bulk.status == .finished)
        #expect(try harness.values("firstName") == [nil, nil, "Zé"])
    }

    @Test(arguments: TestEngine.allCases)
    func `members that name one profile are applied in order`(_ engine: TestEngine) async throws {
        let harness = try BulkHarness(engine)
        let bulk = try await harness.run(
            """
            {"members":[{"properties":{"email":"a@a.example","firstName":"One"}},
             {"properties":{"email":"a@a.example","msisdn":"3247000001","firstName":"Two"}},
             {"properties":{"msisdn":"3247000001","firstName":"Three"}},
             {"properties":{"email":"a@a.example","lastName":"Last"}}]}
            """
        )
        #expect(bulk.counts == [1, 3, 0, 0])
        // By now two identifiers name one profile that share no key.
        let again = try await harness.run(
            """
            {"members":[{"properties":{"email":"a@a.example","firstName":"Four"}},
             {"properties":{"msisdn":"3247000001","firstName":"Five"}}]}
            """
        )
        #expect(again.counts == [0, 2, 0, 0])
        let profiles = try harness.profiles()
        #expect(profiles.count == 1)
        #expect(profiles[0]["firstName"] == "Five")
        #expect(profiles[0]["lastName"] == "Last")
    }

    @Test(arguments: TestEngine.allCases, ["replace", "update", "append"])
    func `several values are replaced or appended`(
        _ engine: TestEngine,
        mode: String
    ) async throws {
        let harness = try BulkHarness(engine)
        try await harness.run(
            #"{"members":[{"properties":{"email":"a@a.example","tags":["x","y"]}}]}"#
        )
        let bulk = try await harness.run(
            """
            {"operation":"update","multi_values_update_mode":"\(mode)","members":[
             {"id":1,"properties":{"tags":["y","z"]}}]}
            """
        )
        #expect(bulk.counts == [0, 1, 0, 0])
        #expect(try harness.values("tags") == [mode == "append" ? "x,y,z" : "y,z"])
    }

    @Test(arguments: TestEngine.allCases)
    func `consents are recorded with their trio and never re-subscribe`(
        _ engine: TestEngine
    ) async throws {
        let harness = try BulkHarness(engine)
        try await harness.run(
            """
            {"import_id":"i1","members":[
             {"properties":{"email":"a@a.example"},"consents":{"Newsletter":{"status":true}}},
             {"properties":{"email":"b@b.example","marketingConsent":true},
              "optin_channel":"shop","optin_subchannel":"till 4",
              "consents":{"newsletter":{"status":true}}}]}
            """
        )
        #expect(
            try harness.rows(
                """
                SELECT profile_id, is_subscribed, collection_source, collection_way, change_source
                FROM subscription_change ORDER BY profile_id
                """
            ).map { $0.replacing("boolean(true)", with: "integer(1)") } == [
                #"integer(1) integer(1) text("import") text("i1") text("api")"#,
                #"integer(2) integer(1) text("shop") text("till 4") text("api")"#,
            ]
        )
        #expect(
            try harness.rows("SELECT collection_source FROM consent_change")
                == [#"text("shop")"#]
        )
        try await harness.run(
            #"{"operation":"update","members":[{"id":1,"consents":{"newsletter":{"status":false}}}]}"#
        )
        let back = try await harness.run(
            #"{"operation":"update","members":[{"id":1,"consents":{"newsletter":{"status":true}}}]}"#
        )
        #expect(back.counts == [0, 0, 1, 0])
        #expect(back.breakdown.warnings == 1)
        #expect(try back.verdicts == ["1: optInLeftOut consents.newsletter true"])
        #expect(try harness.task(back.task).status == .completed)
    }

    @Test(arguments: TestEngine.allCases)
    func `a dry run says what would happen and writes nothing`(
        _ engine: TestEngine
    ) async throws {
        let harness = try BulkHarness(engine)
        try await harness.run(#"{"members":[{"properties":{"email":"a@a.example"}}]}"#)
        let bulk = try await harness.run(
            """
            {"dry_run":true,"members":[
             {"properties":{"email":"a@a.example","firstName":"A"},
              "consents":{"newsletter":{"status":true}}},
             {"properties":{"email":"b@b.example"}},{"properties":{"email":"b@b.example"}},
             {"properties":{"points":1}}]}
            """
        )
        #expect(bulk.status == .finished)
        #expect(bulk.counts == [1, 1, 1, 1])
        #expect(try bulk.verdicts == ["#3: missingIdentifier"])
        #expect(try harness.profiles().map { $0["firstName"] } == [nil])
        #expect(try harness.rows("SELECT id FROM subscription_change") == [])
        let ledger: BulkBreakdown? = try harness.task(bulk.task).result()
        #expect(ledger?.isDryRun == true)
    }

    @Test(arguments: TestEngine.allCases)
    func `bulks with one import id are one import`(_ engine: TestEngine) throws {
        let harness = try BulkHarness(engine)
        let members = #""members":[{"properties":{"email":"a@a.example"}}]"#
        var ids: [MemberBulkID] = []
        for number in 0..<5 {
            ids.append(try harness.post("{\"import_id\":\"i\(number % 2)\",\(members)}").id)
        }
        let lone = try harness.post("{\(members)}")
        #expect(lone.importID.wholeMatch(of: #/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/#) != nil)
        try harness.database.readBlocking { connection in
            let store = harness.store
            let first = try store.bulks(ofImport: "i0", limit: 2, in: connection)
            #expect(first.map(\.id) == [ids[0], ids[2]])
            let rest = try store.bulks(ofImport: "i0", after: ids[2], limit: 2, in: connection)
            #expect(rest.map(\.id) == [ids[4]])
            #expect(try store.bulks(ofImport: "unknown", in: connection).isEmpty)
            #expect(throws: ImportError.noSuchBulk(ids[1])) {
                try store.bulk(ids[1], ofImport: "i0", at: harness.time.now(), in: connection)
            }
            #expect(throws: ImportError.noSuchBulk(MemberBulkID(99))) {
                try store.bulk(MemberBulkID(99), at: harness.time.now(), in: connection)
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `an unknown profile table is named and nothing is made`(_ engine: TestEngine) throws {
        let harness = try BulkHarness(engine)
        #expect(
            throws: ImportError.badField("profile_table", rule: "a profile table that exists")
        ) {
            try harness.post(#"{"profile_table":"people","members":[{}]}"#)
        }
        #expect(try harness.rows("SELECT id FROM task") == [])
        #expect(try harness.rows("SELECT id FROM member_bulk") == [])
    }

    @Test(arguments: TestEngine.allCases)
    func `a repeated key answers with the first bulk for a day`(_ engine: TestEngine) throws {
        let harness = try BulkHarness(engine)
        let json = #"{"members":[{"properties":{"email":"a@a.example"}}]}"#
        let first = try harness.post(json, key: "k")
        #expect(try harness.post(json, key: "k") == first)
        #expect(try harness.post(json, key: "other").id != first.id)
        #expect(throws: ImportError.keyTaken("k")) {
            try harness.post(#"{"dry_run":true,"members":[{}]}"#, key: "k")
        }
        #expect(try harness.rows("SELECT id FROM member_bulk").count == 2)
        harness.time.advance(by: .hours(24))
        #expect(try harness.post(json, key: "k").id != first.id)
    }

    @Test(arguments: TestEngine.allCases)
    func `one key that comes twice at once makes one bulk`(_ engine: TestEngine) async throws {
        let harness = try BulkHarness(engine)
        let request = try MemberBulkRequest(json: Array(#"{"members":[{}]}"#.utf8))
        let made = await engine.atOnce(on: harness.database) { _, transaction in
            try harness.store.create(
                request,
                idempotencyKey: "k",
                by: harness.context,
                in: transaction
            ).id
        }
        let ids = try made.map { try $0.get() }
        #expect(Set(ids).count == 1)
        #expect(try harness.rows("SELECT id FROM member_bulk").count == 1)
    }
}
