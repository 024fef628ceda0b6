// SPDX-License-Identifier: Apache-2.0
import Common
import Foundation
import TestSupport
import Testing

/// Some of everything, so that calls made at random meet what is there.
struct FuzzData {
    /// The numbers that exist, by resource.
    private(set) var known: [String: [Int64]] = [:]
    private let client: Client

    /// Makes the data through the API.
    ///
    /// - Parameters:
    ///   - client: Who makes them, with every scope.
    ///   - folder: Where the one location lies.
    /// - Throws: What the client throws.
    init(_ client: Client, folder: String) async throws {
        self.client = client
        try await makeAudience()
        try await makeSends()
        try await makeFiles(folder)
        for name in ["attribute", "profileTable", "taskHistory", "importRun", "exportRun"] {
            known[name] = try await client.get("/v1/\(name)").data.elements.map(\.["id"].number)
        }
    }

    /// The numbers as JSON, with those of the caller, which must not be deleted.
    func json(caller: [String: Int64]) throws -> String {
        let known = known.mapValues { JSONValue.array($0.map(JSONValue.integer)) }
        let own = caller.mapValues(JSONValue.integer)
        return try JSONText.encode(
            JSONValue.object(["known": .object(known), "own": .object(own)])
        )
    }

    private mutating func makeAudience() async throws {
        for name in ["newsletter", "offers"] { try await make("list", ["name": .string(name)]) }
        for name in ["ann", "bob", "cyd"] {
            try await make("subscriber", ["emailAddress": .string("\(name)@example.org")])
        }
        for subscriber in known["subscriber", default: []].prefix(2) {
            try await make(
                "subscription",
                ["list_id": id("list"), "subscriber_id": .integer(subscriber)]
            )
        }
        for language in ["fr", "nl"] {
            let expression: JSONValue = ["attribute": "language", "is": .string(language)]
            try await make("search", ["name": .string(language), "expression": expression])
        }
        for name in ["orders", "visits"] {
            let attributes: JSONValue = [["name": "number", "type": "string"]]
            try await make(
                "customTable",
                ["name": .string(name), "kind": "linkedData", "attributes": attributes]
            )
            let segments: JSONValue = [["expression": ["rows": .string(name)]]]
            try await make(
                "segmentation",
                ["name": .string(name), "kind": "simple", "segments": segments]
            )
        }
        for name in ["one", "two"] {
            try await make(
                "doNotContact",
                ["channel": "email", "address": .string("\(name)@example.org")]
            )
            try await make("entity", ["name": .string(name)])
            try await make(
                "user",
                ["name": "Grace", "email": .string("\(name)@example.net"), "role": "manager"]
            )
        }
    }

    private mutating func makeSends() async throws {
        let mail: JSONValue = [
            "senderAddress": "news@example.org", "senderName": "Example", "defaultLanguage": "en",
            "variants": ["en": ["subject": "Hello", "html": "<p>Hello</p>"]],
        ]
        let text: JSONValue = [
            "sender": "Example", "defaultLanguage": "en", "texts": ["en": "Hello"],
        ]
        for name in ["Spring", "Summer"] {
            try await make("emailMessage", ["name": .string(name), "content": mail])
            try await make("smsMessage", ["name": .string(name), "content": text])
            try await make("campaign", ["name": .string(name), "content": mail])
        }
        known["message"] = known["emailMessage"]
        let messages = known["emailMessage", default: []].map(JSONValue.integer)
        try await make(
            "splitTest",
            [
                "name": "Which", "message_ids": .array(messages), "list_id": id("list"),
                "share": 50, "delay": 4, "scheduledtime": 4_000_000_000,
            ]
        )
        try await make("serviceDomain", ["domain": "service.example"])
        try await make(
            "task",
            [
                "name": "Later", "channel": "email", "message_id": id("emailMessage"),
                "list_id": id("list"), "scheduledtime": 4_000_000_000,
            ]
        )
    }

    private mutating func makeFiles(_ folder: String) async throws {
        let settings: JSONValue = ["path": .string(folder)]
        for name in ["here", "there"] {
            try await make(
                "location",
                ["name": .string(name), "kind": "folder", "settings": settings]
            )
        }
        let document = try await client.get("/v1/openapi.json").json
        for title in ["first", "second"] {
            var definition = example("import", document)["definition"]
            definition["name"] = .string(title)
            try await make("import", ["definition": definition])
            var export = example("export", document)
            export["name"] = .string(title)
            try await make("export", export)
        }
        let members: JSONValue = [["properties": ["emailAddress": "dan@example.org"]]]
        let bulk = try await client.post(
            "/v1/members/imports",
            ["import_id": "crm-2026-11-22", "members": members]
        )
        #expect(bulk.status == 202, "\(bulk.message)")
    }

    private func example(_ resource: String, _ document: JSONValue) -> JSONValue {
        let body = document["paths"]["/\(resource)"]["post"]["requestBody"]
        return body["content"]["application/json"]["example"]
    }

    private mutating func make(_ resource: String, _ body: JSONValue) async throws {
        let made = try await client.post("/v1/\(resource)", body)
        #expect(made.status == 201, "\(resource): \(made.message)")
        known[resource, default: []].append(made.data["id"].number)
    }

    private func id(_ resource: String) -> JSONValue {
        known[resource]?.first.map(JSONValue.integer) ?? .null
    }
}
