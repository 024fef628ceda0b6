// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Common
import Database
import Files
import Imports
import TestSupport
import Testing

@testable import Console

/// Every change by the console is in the audit log.
struct AuditedRoutesTests {
    private static let mail: KeyValuePairs = [
        "name": "Spring", "channel": "email", "senderAddress": "news@example.org",
        "subject": "Hello", "html": "<p>Hello</p>", "language": "en", "table": "1",
        "kind": "scenarized", "control": "0",
    ]

    /// A manager who changes things, with what the log says of it.
    private struct Hand {
        let ground: ConsoleGround
        let cookie: String

        init(_ engine: TestEngine) async throws {
            ground = try await ConsoleGround(engine)
            cookie = try await ground.cookie(.administrator)
        }

        /// Posts a form, and expects its entry to be the last of the log.
        @discardableResult
        func change(
            _ path: String,
            _ fields: KeyValuePairs<String, String> = [:],
            is action: String,
            of subject: String,
            at place: SourceLocation = #_sourceLocation
        ) async throws -> String {
            let answer = try await ground.post("/console/\(path)", fields, by: cookie)
            #expect(answer.status < 400, "\(path): \(answer.text)", sourceLocation: place)
            let last = try await ground.read { connection in
                try AuditLog(ground.workspace.id).entries(limit: 1, in: connection).first
            }
            #expect(last?.action == action, sourceLocation: place)
            #expect(last?.subject == subject, sourceLocation: place)
            #expect(last?.actor == "U", sourceLocation: place)
            return answer.location
        }
    }

    @Test(arguments: TestEngine.lasting)
    func `what is done with people, lists and searches is written down`(
        engine: TestEngine
    ) async throws {
        let hand = try await Hand(engine)
        try await hand.change(
            "lists",
            ["name": "news", "table": "1"],
            is: "list.create",
            of: "list 1"
        )
        try await hand.change(
            "profiles/profiles/new",
            ["v-userId": "u1"],
            is: "profile.create",
            of: "profile 1"
        )
        for (on, action) in [("yes", "profile.subscribe"), ("no", "profile.unsubscribe")] {
            try await hand.change(
                "profiles/profiles/1/subscribe",
                ["list": "1", "on": on],
                is: action,
                of: "profile 1"
            )
        }
        let everyone = #"{"all":[]}"#
        try await hand.change(
            "searches/new",
            ["name": "all", "table": "1", "json": everyone],
            is: "search.create",
            of: "search 1"
        )
        try await hand.change(
            "searches/1/edit",
            ["name": "each", "json": everyone],
            is: "search.update",
            of: "search 1"
        )
        let task =
            try await hand.change("searches/1/count", is: "search.count", of: "search 1")
            .split(separator: "/").last ?? ""
        try await hand.change("tasks/\(task)/retry", is: "task.retry", of: "task \(task)")
        try await hand.change("tasks/\(task)/stop", is: "task.stop", of: "task \(task)")
        try await hand.change("searches/1/delete", is: "search.delete", of: "search 1")
        try await hand.change("profiles/profiles/1/erase", is: "profile.erase", of: "profile 1")
        try await hand.change("lists/1/delete", is: "list.delete", of: "list 1")
    }

    @Test(arguments: TestEngine.lasting)
    func `what is done with messages, sends and campaigns is written down`(
        engine: TestEngine
    ) async throws {
        let hand = try await Hand(engine)
        _ = try await hand.ground.post(
            "/console/lists",
            ["name": "news", "table": "1"],
            by: hand.cookie
        )
        let steps: [(String, KeyValuePairs<String, String>)] = [
            ("profiles/profiles/new", ["v-userId": "u1"]),
            ("profiles/profiles/1/subscribe", ["list": "1", "on": "yes"]),
        ]
        for (path, fields) in steps {
            _ = try await hand.ground.post("/console/\(path)", fields, by: hand.cookie)
        }
        for number in 1...2 {
            try await hand.change(
                "messages/new",
                Self.mail,
                is: "message.create",
                of: "message \(number)"
            )
        }
        try await hand.change("messages/1/edit", Self.mail, is: "message.update", of: "message 1")
        try await hand.change("messages/2/delete", is: "message.delete", of: "message 2")
        let send: KeyValuePairs = [
            "name": "S", "message": "1", "target": "l:1", "day": "2099-01-01", "time": "09:00",
            "zone": "UTC",
        ]
        try await hand.change("sends/new", send, is: "send.create", of: "scheduled send 1")
        try await hand.change(
            "sends/1/rate",
            ["rate": "60"],
            is: "send.rate",
            of: "scheduled send 1"
        )
        try await hand.change("sends/1/cancel", is: "send.cancel", of: "scheduled send 1")
        let made = try await hand.ground.post("/console/campaigns/new", Self.mail, by: hand.cookie)
        let id = made.location.split(separator: "/").dropLast().last ?? ""
        let campaign = "campaign \(id)"
        try await hand.change(
            "campaigns/\(id)/test",
            ["to": "a@example.org"],
            is: "campaign.test",
            of: campaign
        )
        try await hand.change("campaigns/\(id)/activate", is: "campaign.activate", of: campaign)
        try await hand.change("campaigns/\(id)/finish", is: "campaign.finish", of: campaign)
    }

    @Test(arguments: TestEngine.lasting)
    func `what is done with imports and webhooks is written down`(
        engine: TestEngine
    ) async throws {
        let hand = try await Hand(engine)
        let definition = AutomatedImportDefinition(
            name: "nightly",
            folder: "",
            selector: try FileSelector(.exact("people.csv"))
        )
        try await hand.ground.write { [workspace = hand.ground.workspace.id] in
            _ = try AutomatedImportStore(workspace)
                .create(definition, isActive: false, by: $1, in: $0)
        }
        for verb in ["run", "activate", "deactivate"] {
            try await hand.change("imports/1/\(verb)", is: "import.\(verb)", of: "import 1")
        }
        try await hand.change("imports/1/clone", is: "import.clone", of: "import 2")
        try await hand.change("imports/2/delete", is: "import.delete", of: "import 2")
        try await hand.change(
            "settings/webhooks",
            ["url": "https://example.org/", "types": "send"],
            is: "webhook.create",
            of: "webhook 1"
        )
        try await hand.change("settings/webhooks/1/test", is: "webhook.test", of: "webhook 1")
        try await hand.change("settings/webhooks/1/delete", is: "webhook.delete", of: "webhook 1")
    }

    @Test func `tasks that are changed together are written down one by one`() async throws {
        let hand = try await Hand(.file)
        _ = try await hand.ground.post(
            "/console/searches/new",
            ["name": "all", "table": "1", "json": #"{"all":[]}"#],
            by: hand.cookie
        )
        for _ in 0..<3 {
            _ = try await hand.ground.post("/console/searches/1/count", by: hand.cookie)
        }
        _ = try await hand.ground.post(
            "/console/tasks/bulk",
            ["what": "cancel", "type": "search_count"],
            by: hand.cookie
        )
        let entries = try await hand.ground.read { connection in
            try AuditLog(hand.ground.workspace.id).entries(limit: 3, in: connection)
        }
        #expect(entries.map(\.action) == ["task.stop", "task.stop", "task.stop"])
    }
}
