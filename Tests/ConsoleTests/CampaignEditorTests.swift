// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Audience
import Campaigns
import Common
import Database
import Messaging
import Millrace
import TestSupport
import Testing

@testable import Console

/// Changing the draft of a campaign: what the form does not show stays as it was.
struct CampaignEditorTests {
    private static let path = "/console/campaigns"
    private static let mail = EmailContent(
        senderAddress: "news@example.org",
        variant: EmailVariant(subject: "Helo", html: "<p>Hello</p>")
    )

    private func make(
        _ content: MessageContent,
        kind: CampaignKind = .scenarized,
        initiation: Initiation = .api,
        rules: CampaignRules = CampaignRules(),
        _ ground: ConsoleGround
    ) async throws -> CampaignID {
        try await ground.write { transaction, context in
            let table = try ProfileTableStore(ground.workspace.id)
                .table(named: "profiles", in: transaction)
            let new = NewCampaign(
                "Spring",
                table: table.id,
                kind: kind,
                initiation: initiation,
                message: content,
                rules: rules
            )
            return try CampaignStore(ground.workspace.id)
                .create(new, by: context, in: transaction).id
        }
    }

    private func search(_ ground: ConsoleGround) async throws -> SearchID {
        try await ground.write { transaction, context in
            let table = try ProfileTableStore(ground.workspace.id)
                .table(named: "profiles", in: transaction)
            let searches = SearchStore(
                ground.workspace.id,
                ground.installation.apiServices.searches
            )
            let french = try SearchExpression(text: #"{"attribute":"language","is":"fr"}"#)
            return try searches.create(
                name: "french",
                over: table,
                french,
                by: context,
                in: transaction
            ).id
        }
    }

    private func campaign(_ id: CampaignID, _ ground: ConsoleGround) async throws -> Campaign {
        try await ground.read { connection in
            try CampaignStore(ground.workspace.id).campaign(id, in: connection)
        }
    }

    @Test(arguments: TestEngine.lasting)
    func `a corrected draft keeps the rules that the form does not show`(
        engine: TestEngine
    ) async throws {
        let ground = try await ConsoleGround(engine)
        let manager = try await ground.cookie(.manager)
        let rules = CampaignRules(
            sendsOncePerAddress: true,
            controlPercent: 5,
            search: try await search(ground),
            isExemptFromPressure: true,
            pressureWeight: 3,
            unfilteredQuota: 40
        )
        let id = try await make(
            .email(Self.mail),
            kind: .transactional,
            initiation: .schedule,
            rules: rules,
            ground
        )
        let page = await ground.page("\(Self.path)/\(id)/edit", by: manager)
        #expect(page.contains("/console/searches/\(try #require(rules.search))"))
        #expect(page.contains("40 people a day at most"))
        let saved = try await ground.post(
            "\(Self.path)/\(id)/edit",
            [
                "name": "Spring", "table": "1", "kind": "transactional", "channel": "email",
                "control": "10", "senderAddress": "news@example.org", "subject": "Hello",
                "html": "<p>Hello</p>", "language": "en",
            ],
            by: manager
        )
        #expect(saved.location == "\(Self.path)/\(id)/preview")
        let changed = try await campaign(id, ground)
        var wanted = rules
        (wanted.sendsOncePerAddress, wanted.controlPercent) = (false, 10)
        #expect(changed.rules == wanted)
        #expect(changed.initiation == .schedule)
        #expect(changed.content.email?.variants["en"]?.subject == "Hello")
    }

    @Test func `rules that the kind does not allow are refused in words`() async throws {
        let ground = try await ConsoleGround(.file)
        let manager = try await ground.cookie(.manager)
        let id = try await make(
            .email(Self.mail),
            kind: .transactional,
            rules: CampaignRules(unfilteredQuota: 40),
            ground
        )
        let refused = try await ground.post(
            "\(Self.path)/\(id)/edit",
            [
                "name": "Spring", "table": "1", "kind": "scenarized", "channel": "email",
                "control": "0", "senderAddress": "news@example.org", "subject": "Hello",
                "html": "<p>Hello</p>", "language": "en",
            ],
            by: manager
        )
        #expect(refused.status == 422)
        #expect(refused.text.contains("can do without filters"))
    }

    @Test func `a campaign of files keeps its lines and its channel`() async throws {
        let ground = try await ConsoleGround(.file)
        let manager = try await ground.cookie(.manager)
        let layout = FileLayout(columns: ["firstName"])
        let id = try await make(.file(.print, layout), ground)
        let page = await ground.page("\(Self.path)/\(id)/edit", by: manager)
        #expect(!page.contains("name=\"channel\""))
        let saved = try await ground.post(
            "\(Self.path)/\(id)/edit",
            ["name": "Letters", "table": "1", "kind": "scenarized", "control": "0"],
            by: manager
        )
        #expect(saved.status == 303)
        let changed = try await campaign(id, ground)
        #expect(changed.content == .file(.print, layout))
        #expect(changed.displayName == "Letters")
    }
}
