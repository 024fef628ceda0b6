// SPDX-License-Identifier: Apache-2.0
import Audience
import Foundation
import Imports
import Testing

@Suite struct BulkRequestTests {
    private func request(_ json: String) throws -> MemberBulkRequest {
        try MemberBulkRequest(json: Array(json.utf8))
    }

    @Test func `a request is read with all its attributes`() throws {
        let request = try request(
            """
            {"import_id": "spring", "request_number": 7, "operation": "update",
             "member_identifier_type": "msisdn", "multi_values_update_mode": "append",
             "dry_run": true, "profile_table": "people",
             "members": [ {"id": 1}, {"id": 2} ]}
            """
        )
        #expect(request.importID == "spring")
        #expect(request.requestNumber == 7)
        #expect(request.operation == .update)
        #expect(request.identifierType == .msisdn)
        #expect(request.severalValues == .append)
        #expect(request.isDryRun)
        #expect(request.profileTable == "people")
        #expect(request.memberCount == 2)
        #expect(String(decoding: request.members, as: UTF8.self) == "[ {\"id\": 1}, {\"id\": 2} ]")
    }

    @Test func `what is left out or null has its default`() throws {
        let request = try request(#"{"members":[{}],"import_id":null,"dry_run":null}"#)
        #expect(request.importID == nil)
        #expect(request.requestNumber == nil)
        #expect(request.operation == .create)
        #expect(request.identifierType == .id)
        #expect(request.severalValues == .replace)
        #expect(!request.isDryRun)
        #expect(request.profileTable == "profiles")
    }

    @Test(arguments: [
        ("members", #"{}"#), ("members", #"{"members":[]}"#), ("members", #"{"members":{}}"#),
        ("members", #"{"members":null}"#), ("operation", #"{"members":[{}],"operation":"merge"}"#),
        ("operation", #"{"members":[{}],"operation":1}"#),
        ("member_identifier_type", #"{"members":[{}],"member_identifier_type":"name"}"#),
        ("multi_values_update_mode", #"{"members":[{}],"multi_values_update_mode":"add"}"#),
        ("dry_run", #"{"members":[{}],"dry_run":"true"}"#),
        ("dry_run", #"{"members":[{}],"dry_run":1}"#),
        ("request_number", #"{"members":[{}],"request_number":1.5}"#),
        ("request_number", #"{"members":[{}],"request_number":"1"}"#),
        ("request_number", #"{"members":[{}],"request_number":9223372036854775808}"#),
        ("import_id", #"{"members":[{}],"import_id":""}"#),
        ("import_id", #"{"members":[{}],"import_id":"a\u0000b"}"#),
        ("profile_table", #"{"members":[{}],"profile_table":[]}"#),
        ("colour", #"{"members":[{}],"colour":"red"}"#),
        ("dry_run", #"{"members":[{}],"dry_run":true,"dry_run":true}"#),
    ])
    func `a wrong attribute is named`(_ name: String, json: String) throws {
        do {
            _ = try request(json)
            Issue.record("\(json) was accepted")
        } catch ImportError.badField(let field, _) {
            #expect(field == name)
        }
    }

    @Test func `a thousand members are taken and one more is not`() throws {
        let members = Array(repeating: "{}", count: 1_000).joined(separator: ",")
        #expect(try request("{\"members\":[\(members)]}").memberCount == 1_000)
        #expect(throws: ImportError.badField("members", rule: "1 to 1000 members")) {
            try request("{\"members\":[\(members),{}]}")
        }
    }

    @Test(arguments: [
        "", "[]", "null", "{", "{}x", #"{"members":[{}]"#, #"{"members":[{},]}"#,
        #"{"members":[{"a":01}]}"#, #"{"members":[{"a":"\x"}]}"#, #"{"members":[{"a":tru}]}"#,
        #"{"members":[{"a" 1}]}"#, #"{members:[{}]}"#, "{\"members\":[{\"a\":\"\n\"}]}",
        #"{"members":[{"a":"\u12g4"}]}"#, #"{"members":[{"a":1.}]}"#, #"{"members":[{"a":-}]}"#,
        #"{"dry_run":"x","members":[{"a":}]}"#,
    ])
    func `what is no JSON object cannot be read`(_ json: String) throws {
        #expect { try request(json) } throws: { error in
            guard case ImportError.unreadableRequest = error else { return false }
            return true
        }
    }

    @Test func `bytes that are no UTF-8 and arrays without end cannot be read`() throws {
        let broken: [UInt8] = Array(#"{"members":[{"a":""#.utf8) + [0xC3] + Array(#""}]}"#.utf8)
        #expect(throws: ImportError.unreadableRequest("it is not in UTF-8")) {
            try MemberBulkRequest(json: broken)
        }
        let deep = String(repeating: "[", count: 100_000)
        #expect { try request("{\"members\":\(deep)") } throws: { error in
            guard case ImportError.unreadableRequest = error else { return false }
            return true
        }
    }

    @Test(arguments: [
        (#"{"password":"s3cret"}"#, "{}"),
        (#"{"password":"s3cret","id":1}"#, #"{"id":1}"#),
        (#"{"id":1,"password":"s3cret"}"#, #"{"id":1}"#),
        (#"{"id":1,"pass\u0077ord":"s3cret","x":[1,{"a":2}]}"#, #"{"id":1,"x":[1,{"a":2}]}"#),
        (
            #"{"properties":{"email":"a@b.example","Password":{"a":"s3cret"}}}"#,
            #"{"properties":{"email":"a@b.example"}}"#
        ),
    ])
    func `a password is not kept`(_ member: String, kept: String) throws {
        let request = try request("{\"members\":[{},\(member)]}")
        #expect(String(decoding: request.members, as: UTF8.self) == "[{},\(kept)]")
        #expect(request.memberCount == 2)
    }

    @Test(arguments: 0..<200)
    func `any prefix of a request is refused and the whole is read as the library reads it`(
        _ seed: Int
    ) throws {
        let name = ["é\\u00e9\\ud83d\\ude00", "a\\\"b\\\\c\\/", "\\ud800x", "plain"][seed % 4]
        let json = """
            {"import_id":"\(name)","members":[{"n":[-1.5e+\(seed),true,null,"\(name)"]}]}
            """
        let bytes = Array(json.utf8)
        #expect(throws: ImportError.self) {
            try MemberBulkRequest(json: Array(bytes.prefix(bytes.count * seed / 200)))
        }
        let read = try MemberBulkRequest(json: bytes)
        guard seed % 4 != 2 else {
            #expect(read.importID == "\u{FFFD}x")
            return
        }
        let whole = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
        #expect(read.importID == whole?["import_id"] as? String)
    }
}
